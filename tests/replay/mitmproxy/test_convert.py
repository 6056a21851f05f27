from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.samples.recorded import read_line
from edgeguard.replay.capture import lines
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from pathlib import Path

# Makes a capture as mitmproxy writes one.
CAPTURE = """
import sys
from mitmproxy import tcp
from mitmproxy.http import Headers
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow, tutils
with open(sys.argv[1], "wb") as file:
    writer = FlowWriter(file)
    one = tflow.tflow(resp=True)
    one.request = tutils.treq(method=b"POST", path=b"/a?q=\\xff", content=b"\\xff\\x00", http_version=b"HTTP/2.0",
        scheme=b"https", authority=b"cms.example:8443", host="cms.example", port=8443,
        headers=Headers([(b":method", b"POST"), (b"Content-Type", b"text/plain")]), timestamp_start=1700000000.5)
    one.response = tutils.tresp(status_code=201, content=b"<b>", headers=Headers([(b"Content-Type", b"text/html")]))
    writer.add(one)
    writer.add(tflow.ttcpflow())
    two = tflow.tflow(req=tutils.treq(headers=Headers([(b"Host", b"b.example")]), path=b"/b", content=None))
    writer.add(two)
"""


@pytest.fixture
def captured(mitmproxy: Path, tmp_path: Path) -> Path:
    file = tmp_path / "a.flow"
    subprocess.run([mitmproxy / "python", "-I", "-c", CAPTURE, file], check=True, timeout=60)
    return file


def test_flows_become_the_neutral_form(captured: Path, mitmproxy: Path) -> None:
    one, two = (read_line(line) for line in lines(captured, mitmproxy / "python"))
    assert (one.method, one.target, one.body, one.scheme, one.version) == (b"POST", b"/a?q=\xff", b"\xff\x00", "https", "1.1")
    assert one.headers == ((b"host", b"cms.example:8443"), (b"content-type", b"text/plain"))
    assert one.time == 1_700_000_000.5
    assert one.complete
    assert one.client == "127.0.0.1"
    assert one.answered is not None
    assert (one.answered.status, one.answered.headers, one.answered.body) == (201, ((b"content-type", b"text/html"),), b"<b>")
    assert two.headers == ((b"host", b"b.example"),)
    assert two.answered is None
    assert not two.complete


def test_another_file_is_refused(mitmproxy: Path, tmp_path: Path) -> None:
    (tmp_path / "a.flow").write_bytes(b"no capture")
    with pytest.raises(Refused, match=r"a\.flow: mitmproxy can't read it"):
        list(lines(tmp_path / "a.flow", mitmproxy / "python"))
