from __future__ import annotations

import json

import pytest

from edgeguard.observe.samples.recorded import Answered, NotRecorded, Recorded, Then, read_line

WHOLE = Recorded(
    id="r1",
    time=1_700_000_000.5,
    method=b"POST",
    target=b"/a?q=\xff%00",
    headers=((b"host", b"cms.example"), (b"content-length", b"3"), (b"x", b"\xe9")),
    body=b"\xff\x00a",
    complete=False,
    client="192.0.2.7",
    peer="10.0.0.1",
    account="acme",
    account_source="token",
    account_verified=True,
    vouched=True,
    route="api",
    answered=Answered(403, ((b"server", b"x"),), b"no", 0.25, "miss", 0.125),
    then=Then("blocked", 5, ("eg-1", "942100"), "rule"),
    masked=2,
    notes=("its body was cut",),
)


def test_what_is_written_is_read() -> None:
    assert read_line(WHOLE.line()) == WHOLE
    assert WHOLE.line().count(b"\n") == 1


def test_a_body_that_is_text_is_readable() -> None:
    line = Recorded("r", 0.0, b"POST", b"/", (), "é<script>".encode()).line()
    assert json.loads(line)["body"] == "é<script>"
    assert read_line(line).body == "é<script>".encode()


def test_a_person_may_write_less() -> None:
    found = read_line(b'{"method":"POST","target":"/x","headers":{"host":"a"},"body":{"a":1}}', "f:1")
    assert (found.id, found.headers, found.body, found.scheme) == ("f:1", ((b"host", b"a"),), b'{"a":1}', "https")
    assert read_line('{"method":"GET","target":"/日"}'.encode()).target == "/日".encode()


@pytest.mark.parametrize(
    "line",
    [
        b"nonsense", b"[]", b'{"method":"GET"}', b'{"v":2,"method":"GET","target":"/"}',
        b'{"method":"GET","target":"/","headers":[1]}', b'{"method":"GET","target":"/","body64":"*"}',
        b'{"method":"GET","target":"/","response":{}}', b'{"method":"GET","target":"/","account":3}',
    ],
)  # fmt: skip
def test_what_is_none_is_refused_with_a_reason(line: bytes) -> None:
    with pytest.raises(NotRecorded, match=r"\w"):
        read_line(line)


def test_raw_has_the_length_of_the_body_that_is_there() -> None:
    raw = WHOLE.raw()
    assert raw.startswith(b"POST /a?q=\xff%00 HTTP/1.1\r\nhost: cms.example\r\n")
    assert raw.count(b"content-length") == 1
    assert raw.endswith(b"content-length: 3\r\n\r\n\xff\x00a")
    assert b"content-length" not in Recorded("r", 0.0, b"GET", b"/", ((b"host", b"a"),)).raw()
    chunked = Recorded("r", 0.0, b"POST", b"/", ((b"transfer-encoding", b"chunked"),), b"ab").raw()
    assert b"chunked" not in chunked
