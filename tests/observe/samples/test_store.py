from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.samples.keys import Keys, add_key, read_keys
from edgeguard.observe.samples.store import DAY, SEGMENT_SECONDS, SMALLEST, Store, purge, segments

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    ReadFolder = Callable[[Path, Keys], list[bytes]]

NOW = 1_700_000_000.0


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    add_key(tmp_path / "k")
    return read_keys(tmp_path / "k")


def store(tmp_path: Path, keys: Keys, disk: int = 1 << 30, days: float = 7, name: str = "1") -> Store:
    return Store(tmp_path / "folder", keys, disk, days * DAY, name)


def aged(tmp_path: Path, seconds: float) -> None:
    for each in segments(tmp_path / "folder"):
        os.utime(each.path, (each.modified - seconds, each.modified - seconds))


def test_workers_write_beside_each_other(tmp_path: Path, keys: Keys, read_folder: ReadFolder) -> None:
    one, two = store(tmp_path, keys, name="1"), store(tmp_path, keys, name="2")
    one.write([b"a\n"], NOW)
    two.write([b"b\n"], NOW)
    one.write([b"c\n"], NOW)
    assert len(segments(tmp_path / "folder")) == 2
    assert sorted(read_folder(tmp_path / "folder", keys)) == [b"a\n", b"b\n", b"c\n"]


def test_the_folder_keeps_its_size_and_the_oldest_go(tmp_path: Path, keys: Keys, read_folder: ReadFolder) -> None:
    disk = 32 * SMALLEST
    writing = store(tmp_path, keys, disk)
    for number in range(100):
        writing.write([b"%d " % number + os.urandom(SMALLEST)], NOW + number)
        assert sum(each.size for each in segments(tmp_path / "folder")) <= disk
    left = [int(line.split(b" ")[0]) for line in read_folder(tmp_path / "folder", keys)]
    assert left == sorted(left)
    assert left[-1] == 99
    assert 25 < len(left) < 33


def test_what_is_too_old_goes(tmp_path: Path, keys: Keys) -> None:
    writing = store(tmp_path, keys, days=2)
    writing.write([b"old\n"], segments_now := time.time())
    writing.close()
    aged(tmp_path, 2 * DAY - SEGMENT_SECONDS + 60)
    writing.tidy(segments_now)
    assert segments(tmp_path / "folder") == []


def test_what_is_young_stays(tmp_path: Path, keys: Keys) -> None:
    writing = store(tmp_path, keys, days=2)
    writing.write([b"young\n"], now := time.time())
    aged(tmp_path, DAY)
    writing.tidy(now)
    assert len(segments(tmp_path / "folder")) == 1


def test_a_file_is_given_up_after_an_hour(tmp_path: Path, keys: Keys) -> None:
    writing = store(tmp_path, keys)
    now = time.time()
    writing.write([b"a\n"], now)
    writing.write([b"b\n"], now + SEGMENT_SECONDS - 1)
    assert len(segments(tmp_path / "folder")) == 1
    writing.write([b"c\n"], now + SEGMENT_SECONDS)
    assert len(segments(tmp_path / "folder")) == 2


def test_who_writes_goes_on_after_a_purge(tmp_path: Path, keys: Keys, read_folder: ReadFolder) -> None:
    writing = store(tmp_path, keys)
    writing.write([b"a\n"], NOW)
    assert len(purge(tmp_path / "folder")) == 1
    writing.write([b"b\n"], NOW)
    assert read_folder(tmp_path / "folder", keys) == [b"b\n"]


def test_a_purge_may_leave_what_is_younger(tmp_path: Path, keys: Keys, read_folder: ReadFolder) -> None:
    store(tmp_path, keys, name="1").write([b"a\n"], NOW)
    aged(tmp_path, 10 * DAY)
    store(tmp_path, keys, days=100, name="2").write([b"b\n"], NOW)
    assert len(purge(tmp_path / "folder", time.time() - DAY)) == 1
    assert read_folder(tmp_path / "folder", keys) == [b"b\n"]


def test_no_folder_has_no_samples(tmp_path: Path) -> None:
    assert segments(tmp_path / "nowhere") == []


def test_an_earlier_process_with_the_same_name_is_no_matter(tmp_path: Path, keys: Keys, read_folder: ReadFolder) -> None:
    for line in (b"a\n", b"b\n"):
        writing = store(tmp_path, keys)
        writing.write([line], NOW)
        writing.close()
    assert sorted(read_folder(tmp_path / "folder", keys)) == [b"a\n", b"b\n"]
