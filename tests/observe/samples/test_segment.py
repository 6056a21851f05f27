from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.samples.keys import Keys, add_key, read_keys
from edgeguard.observe.samples.segment import SegmentFault, SegmentWriter, read_segment

if TYPE_CHECKING:
    from pathlib import Path

LINES = [b"one\n", b"two" * 1000 + b"\n", b"one\n"]


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    add_key(tmp_path / "k")
    return read_keys(tmp_path / "k")


@pytest.fixture
def file(tmp_path: Path, keys: Keys) -> Path:
    writer = SegmentWriter(tmp_path / "a.egsamples", keys)
    for line in LINES:
        writer.write(writer.sealed(line))
    writer.close()
    assert writer.path.stat().st_size == writer.size
    return writer.path


def test_what_is_written_is_read(file: Path, keys: Keys) -> None:
    assert list(read_segment(file, keys)) == LINES
    assert b"one" not in file.read_bytes()


def test_equal_lines_look_different(file: Path) -> None:
    content = file.read_bytes()[32:]
    size = int.from_bytes(content[:4], "big")
    assert content.count(content[4 : 4 + size]) == 1


def test_a_file_is_written_once_and_is_its_owners(file: Path, keys: Keys) -> None:
    assert file.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        SegmentWriter(file, keys)


def test_a_crash_loses_the_last_record_at_most(file: Path, keys: Keys) -> None:
    content = file.read_bytes()
    for cut in range(len(content)):
        file.write_bytes(content[:cut])
        assert list(read_segment(file, keys)) == LINES[: len(list(read_segment(file, keys)))]
    file.write_bytes(content[:-1])
    assert list(read_segment(file, keys)) == LINES[:2]


def test_what_was_changed_or_moved_is_noticed(file: Path, keys: Keys) -> None:
    content = bytearray(file.read_bytes())
    size = int.from_bytes(content[32:36], "big")
    first, rest = bytes(content[32 : 36 + size]), bytes(content[36 + size :])
    changed = bytes(content[:40]) + bytes([content[40] ^ 1]) + bytes(content[41:])
    for wrong in (
        changed,
        bytes(content[:32]) + rest,
        bytes(content[:32]) + first + first,
        b"EGSAMPL1" + bytes(content[8:16]) + bytes(16) + first,
    ):
        file.write_bytes(wrong)
        with pytest.raises(SegmentFault, match="record"):
            list(read_segment(file, keys))


def test_another_key_is_named(file: Path, tmp_path: Path) -> None:
    add_key(tmp_path / "other")
    with pytest.raises(SegmentFault, match="encrypted with key"):
        list(read_segment(file, read_keys(tmp_path / "other")))


def test_a_rotated_key_still_decrypts(file: Path, tmp_path: Path) -> None:
    add_key(tmp_path / "k")
    assert list(read_segment(file, read_keys(tmp_path / "k"))) == LINES


def test_another_file_is_none(tmp_path: Path, keys: Keys) -> None:
    (tmp_path / "x").write_bytes(b"something else altogether, and long enough")
    with pytest.raises(SegmentFault, match="no file of samples"):
        list(read_segment(tmp_path / "x", keys))
