from __future__ import annotations

import fcntl
import multiprocessing
import os
from typing import TYPE_CHECKING

import pytest

from edgeguard.dynamic.book import RING, Book
from edgeguard.dynamic.model import BY_HAND, Sanction, Subject

if TYPE_CHECKING:
    from pathlib import Path


def made(number: int, **more) -> Sanction:
    plain = {"act": "ban", "rule": "t-1", "began": 1.0, "until": 1000.0, "keep": 2000.0, "changed": 1.0}
    return Sanction(subject=Subject("address", f"10.0.{number >> 8}.{number & 255}"), **{**plain, **more})  # type: ignore[arg-type]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book"


def test_what_one_writes_the_other_reads(path) -> None:
    one, other = Book(path, 100), Book(path)
    assert not other.changed
    assert one.put([made(1), made(2)], 1.0)
    assert other.changed
    assert other.news() == [made(1), made(2)]
    assert not other.changed
    assert other.news() == []
    assert Book(path).news() == [made(1), made(2)]
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_later_word_holds(path) -> None:
    one, other = Book(path, 100), Book(path)
    one.put([made(1, changed=5.0)], 1.0)
    other.put([made(1, changed=4.0, until=2.0)], 1.0)
    assert one.all() == [made(1, changed=5.0)]
    other.put([made(1, changed=6.0, until=2.0)], 1.0)
    assert one.all() == [made(1, changed=6.0, until=2.0)]
    assert len(one) == 1


def test_who_is_late_reads_everything(path) -> None:
    one, late = Book(path, 4000), Book(path)
    one.put([made(number) for number in range(RING + 500)], 1.0)
    assert len(late.news()) == RING + 500


def test_a_full_book_gives_up_what_is_missed_least(path) -> None:
    book = Book(path, 16)
    book.put([made(0, rule=BY_HAND, until=2.0, keep=2.0)], 1.0)
    book.put([made(number, until=100.0 + number) for number in range(1, 200)], 1.0)
    held = {one.subject.value for one in book.all()}
    assert len(held) == 16
    assert {"10.0.0.0", "10.0.0.199"} <= held
    assert {one.subject.value for one in Book(path).all()} == held


def test_a_record_whose_writer_died_is_none(path) -> None:
    book = Book(path, 16)
    book.put([made(1)], 1.0)
    with path.open("r+b") as file:
        file.seek(64 + 4 * RING + 100)
        for slot in range(16):
            file.seek(64 + 4 * RING + 288 * slot + 100)
            file.write(b"\xff" * 8)
    assert Book(path).all() == []


def test_while_another_writes_nobody_waits(path) -> None:
    book = Book(path, 16)
    with path.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert not book.put([made(1)], 1.0)
    assert book.put([made(1)], 1.0)


def _write(path: Path, start: int) -> None:
    book = Book(path)
    for number in range(start, start + 200):
        book.put([made(number)], 1.0, wait=True)
    os._exit(0)


def test_many_processes_write_at_once_and_nothing_is_lost(path) -> None:
    reader = Book(path, 1000)
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write, args=(path, 200 * number)) for number in range(4)]
    for writer in writers:
        writer.start()
    news: set[str] = set()
    while any(writer.is_alive() for writer in writers):
        news |= {one.subject.value for one in reader.news()}
    for writer in writers:
        writer.join()
    news |= {one.subject.value for one in reader.news()}
    assert len(news) == len(reader.all()) == 800


def test_what_is_no_book(path) -> None:
    path.write_bytes(b"x" * 5000)
    with pytest.raises(ValueError, match="is no book of sanctions; move it away"):
        Book(path)


def test_it_keeps_its_size(path) -> None:
    Book(path, 16).close()
    assert Book(path, 1000)._slots == 16
