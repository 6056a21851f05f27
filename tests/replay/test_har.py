from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest

from edgeguard.replay import har
from edgeguard.waf.faults import Refused

ENTRY: dict[str, Any] = {
    "startedDateTime": "2024-05-01T10:00:00.500+02:00",
    "request": {
        "method": "POST", "url": "https://cms.example/a?q=1", "httpVersion": "h2",
        "headers": [{"name": ":method", "value": "POST"}, {"name": "Content-Type", "value": "application/json"}],
        "postData": {"mimeType": "application/json", "text": '{"a":"é"}'},
    },
    "response": {
        "status": 201, "headers": [{"name": "Content-Encoding", "value": "gzip"}, {"name": "Content-Type", "value": "text/html"}],
        "content": {"text": "PGI+", "encoding": "base64"},
    },
}  # fmt: skip


def entries(text: bytes) -> list[Any]:
    return list(har.entries(io.BytesIO(text)))


def test_entries_in_order_whatever_stands_around_them() -> None:
    log = {
        "version": "1.2",
        "pages": [{"id": "x", "n": [1.5, {"entries": []}]}],
        "entries": [{"a": i, "t": 'x"]}{\\'} for i in range(50)],
    }
    for document in ({"log": log}, {"before": [1, {}], "log": {**log, "after": 3}, "behind": {}}):
        for indent in (None, 3):
            assert entries(json.dumps(document, indent=indent).encode()) == log["entries"]


@pytest.mark.parametrize("size", [1, 2, 7, 64])
def test_pieces_of_any_size_are_the_same(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(har, "CHUNK", size)
    document = {"log": {"n": 12345, "entries": [{"a": "é日\\u0041\n", "n": -1.5e3}, 12, None, [], {"b": {}}]}}
    assert entries(("\ufeff" + json.dumps(document, ensure_ascii=False)).encode()) == document["log"]["entries"]


@pytest.mark.parametrize(
    "text",
    [b"", b"no json", b"[]", b"{}", b'{"log":[]}', b'{"log":{"entries":{}}}', b'{"log":{"entries":[{"a":1} {"b":2}]}}',
     b'{"log":{"entries":[{"a":1},', b'{"log":{"entries":[{"a"', b'{"log" 1}', b'{"log":{"entries":[' + b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_har_file_is_refused(text: bytes) -> None:
    with pytest.raises(Refused):
        entries(text)


def test_what_is_whole_is_read_before_what_is_broken() -> None:
    found = har.entries(io.BytesIO(b'{"log":{"entries":[{"a":1},{"a":2},{"a'))
    assert [next(found), next(found)] == [{"a": 1}, {"a": 2}]


def test_a_value_without_an_end_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(har, "LARGEST", 1000)
    monkeypatch.setattr(har, "CHUNK", 100)
    with pytest.raises(Refused, match="more than"):
        entries(b'{"log":{"entries":[{"a":"' + b"x" * 100_000)


class Endless(io.RawIOBase):
    """A HAR file of 200 MB, made as it is read."""

    def __init__(self) -> None:
        entry = json.dumps({"a": "x" * 10_000}).encode()
        self.left = 20_000
        self.entry = entry
        self.buffer = b'{"log":{"entries":['

    def read(self, size: int = -1) -> bytes:
        while len(self.buffer) < size and self.left:
            self.left -= 1
            self.buffer += self.entry + (b"," if self.left else b"]}}")
        piece, self.buffer = self.buffer[:size], self.buffer[size:]
        return piece


def test_a_large_file_takes_little_memory() -> None:
    tracemalloc.start()
    try:
        assert sum(1 for _ in har.entries(Endless())) == 20_000  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    finally:
        tracemalloc.stop()


def test_an_entry_in_the_neutral_form() -> None:
    found = har.recorded(ENTRY, "f#1")
    assert found.id == "f#1"
    assert found.time == 1714550400.5
    assert (found.method, found.target, found.scheme) == (b"POST", b"/a?q=1", "https")
    assert found.headers[0] == (b"host", b"cms.example")
    assert found.body == '{"a":"é"}'.encode()
    assert found.complete
    assert found.answered is not None
    assert found.answered.status == 201
    assert found.answered.headers == ((b"content-type", b"text/html"),)
    assert found.answered.body == b"<b>"


def test_what_an_entry_lacks_is_told() -> None:
    request = {**ENTRY["request"], "headers": [{"name": "Content-Length", "value": "99"}]}
    found = har.recorded({"request": request, "startedDateTime": "yesterday"}, "f#1")
    assert not found.complete
    assert found.time == 0
    assert found.answered is None
    assert any("99" in note for note in found.notes)


def test_an_entry_without_a_request_is_refused() -> None:
    with pytest.raises(Refused):
        har.recorded({"request": {}}, "f#1")
