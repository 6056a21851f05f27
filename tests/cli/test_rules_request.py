from __future__ import annotations

import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
from small_rule_set import BLOCKED

from edgeguard.cli.rules_request import event, har_entry, har_requests, raw_file, read
from edgeguard.config.model import Wire
from edgeguard.waf.explain.given import Given
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from pathlib import Path


def test_as_the_edge_reads_it() -> None:
    found, refusal = read(Given(BLOCKED, "file", "203.0.113.9"))
    assert refusal is None
    assert (found.request.path, found.content, found.complete) == (b"/save", b"a=%2545VIL&b=fine&c=evil", True)
    assert found.client.address == "203.0.113.9"


def test_chunks_are_put_together() -> None:
    raw = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
    found, refusal = read(Given(raw, "file"))
    assert refusal is None
    assert (found.content, found.complete) == (b"abc", True)


@pytest.mark.parametrize(
    ("raw", "status"),
    [(b"GET / HTTP/1.1\r\nHo st: h\r\n\r\n", 400), (b"GET /a HTTP/1.1\r\nX: y\r\n\r\n", 400), (b"GET / HTTP/1.1", 400)],
)
def test_what_the_edge_refuses_is_read_all_the_same(raw: bytes, status: int) -> None:
    found, refusal = read(Given(raw, "file"))
    assert refusal is not None
    assert refusal.status == status
    assert found.request.method == b"GET"


def test_limits_are_the_configuration_s() -> None:
    raw = b"GET /" + b"a" * 200 + b" HTTP/1.1\r\nHost: h\r\n\r\n"
    assert read(Given(raw, "file"))[1] is None
    refusal = read(Given(raw, "file"), Wire(request_line=100))[1]
    assert refusal is not None
    assert refusal.status == 414


def test_files_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.http").write_bytes(BLOCKED)
    (tmp_path / "a.sh").write_text("curl http://h/x")
    assert raw_file(str(tmp_path / "a.http"), "::1").raw == BLOCKED
    assert raw_file(str(tmp_path / "a.sh"), "::1").raw.startswith(b"GET /x ")

    class Input:
        buffer = io.BytesIO(BLOCKED)

    monkeypatch.setattr(sys, "stdin", Input)
    assert raw_file("-", "::1").source == "standard input"
    (tmp_path / "b.http").write_bytes(b"<html>")
    with pytest.raises(Refused, match=r"b\.http: it begins with"):
        raw_file(str(tmp_path / "b.http"), "::1")


def test_har_files(tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    one = {"request": {"method": "GET", "url": "http://h/1", "headers": []}}
    file.write_text(json.dumps({"log": {"entries": [one]}}))
    assert har_entry(file, None, "::1").raw.startswith(b"GET /1 ")
    file.write_text(json.dumps({"log": {"entries": [one, one]}}))
    assert len(har_requests(file, "::1")) == 2
    with pytest.raises(Refused, match="say which: --entry 1 to 2"):
        har_entry(file, None, "::1")
    with pytest.raises(Refused, match="--entry takes 1 to 2"):
        har_entry(file, 3, "::1")
    file.write_text("{")
    with pytest.raises(Refused, match="no JSON"):
        har_entry(file, 1, "::1")


def test_events(tmp_path: Path) -> None:
    log = tmp_path / "events.log"
    log.write_text('{"event": "request_blocked", "id": "r1", "path": "/x", "host": "h", "method": "GET"}\n')
    assert event("r1", log).raw.startswith(b"GET /x ")
    with pytest.raises(Refused, match=r"events\.log: no event"):
        event("r2", log)
