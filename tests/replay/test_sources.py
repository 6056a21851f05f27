from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.samples.keys import add_key, read_keys
from edgeguard.observe.samples.recorded import Recorded
from edgeguard.observe.samples.segment import SUFFIX, SegmentWriter
from edgeguard.replay.sources import Traffic
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from pathlib import Path


def targets(traffic: Traffic) -> list[bytes]:
    return [each.target for each in traffic.exchanges()]


def test_lines_of_json(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b'{"method":"GET","target":"/1"}\n\nnonsense\n{"method":"GET","target":"/2"}')
    traffic = Traffic(file)
    assert targets(traffic) == [b"/1", b"/2"]
    assert traffic.unreadable == 1
    assert traffic.faults[0].startswith(f"{file}:3: ")


def test_a_har_file(tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    entry = {"request": {"method": "GET", "url": "https://a/1", "headers": []}}
    file.write_text(
        json.dumps({"log": {"entries": [entry, {}, {**entry, "request": {**entry["request"], "url": "https://a/2"}}]}})
    )
    traffic = Traffic(file)
    assert [(each.id, each.target) for each in traffic.exchanges()] == [("a.har#1", b"/1"), ("a.har#3", b"/2")]
    assert traffic.unreadable == 1
    assert traffic.done == traffic.size
    (tmp_path / "b.har").write_text("[]")
    with pytest.raises(Refused, match=r"b\.har"):
        targets(Traffic(tmp_path / "b.har"))


def test_a_folder_of_raw_requests_and_other_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "a.http").write_bytes(b"POST /1 HTTP/1.1\nHost: A\nContent-Type: text/plain\n\nabc\n")
    (tmp_path / "in" / "b.txt").write_bytes(b"GET /2 HTTP/1.1\r\nHost: a\r\n\r\n")
    (tmp_path / "c.jsonl").write_bytes(b'{"method":"GET","target":"/3"}\n')
    (tmp_path / "d.bin").write_bytes(b"\0\1\2")
    (tmp_path / ".hidden").write_bytes(b"GET /4 HTTP/1.1\r\n\r\n")
    traffic = Traffic(tmp_path)
    found = list(traffic.exchanges())
    assert [each.target for each in found] == [b"/1", b"/3", b"/2"]
    assert (found[0].body, found[0].id) == (b"abc", "a.http")
    assert dict(found[0].headers)[b"content-length"] == b"3"
    assert traffic.unreadable == 1


def test_faults_are_counted_and_few_are_told(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"nonsense\n" * 100)
    traffic = Traffic(file)
    assert targets(traffic) == []
    assert traffic.unreadable == 100
    assert len(traffic.faults) == 20


def write(folder: Path, keys_file: Path, name: str, *times: float) -> None:
    folder.mkdir(exist_ok=True)
    writer = SegmentWriter(folder / f"{name}{SUFFIX}", read_keys(keys_file))
    for time in times:
        writer.write(writer.sealed(Recorded("r", time, b"GET", b"/%d" % time, ()).line()))
    writer.close()


def test_samples_of_several_workers_are_in_the_order_of_time(tmp_path: Path) -> None:
    key = tmp_path / "k"
    add_key(key)
    folder = tmp_path / "samples"
    write(folder, key, "1700000000-7-1", 1, 4)
    write(folder, key, "1700000000-8-1", 2, 3, 6)
    write(folder, key, "1700003600-7-2", 5, 7)
    traffic = Traffic(folder, key)
    assert targets(traffic) == [b"/%d" % number for number in range(1, 8)]
    assert traffic.done == traffic.size > 0


def test_a_damaged_file_of_samples_costs_only_what_is_behind_the_damage(tmp_path: Path) -> None:
    key = tmp_path / "k"
    add_key(key)
    folder = tmp_path / "samples"
    write(folder, key, "1-7-1", 1, 2)
    write(folder, key, "1-8-1", 3)
    file = folder / f"1-7-1{SUFFIX}"
    file.write_bytes(file.read_bytes()[:-1] + b"\xff")
    traffic = Traffic(folder, key)
    assert targets(traffic) == [b"/1", b"/3"]
    assert traffic.unreadable == 1


def test_samples_need_their_key(tmp_path: Path) -> None:
    key = tmp_path / "k"
    add_key(key)
    write(tmp_path / "samples", key, "1-7-1", 1)
    with pytest.raises(Refused, match="--key-file"):
        targets(Traffic(tmp_path / "samples"))
    with pytest.raises(Refused, match="--key-file"):
        targets(Traffic(tmp_path / "samples" / f"1-7-1{SUFFIX}"))


def test_no_file_is_there(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(Refused, match="no file"):
        targets(Traffic(tmp_path / "empty"))
    with pytest.raises(FileNotFoundError):
        targets(Traffic(tmp_path / "gone.jsonl"))
