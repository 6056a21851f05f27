from __future__ import annotations

import pytest

from edgeguard.errors import EdgeFault
from edgeguard.message import Body
from edgeguard.origin.upload import SLICE, head, pieces, slices


class Recorder:
    """What an upload does to its connection."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.first_byte: float | None = None

    async def write(self, data: bytes) -> None:
        self.written.append(data)

    def sent(self, first_byte: float) -> None:
        self.first_byte = first_byte


@pytest.mark.parametrize(
    ("method", "body", "framing"),
    [
        ("GET", Body(b""), b""),
        ("DELETE", Body(b""), b""),
        ("POST", Body(b""), b"content-length: 0\r\n"),
        ("GET", Body(b"hello"), b"content-length: 5\r\n"),
        ("PUT", Body(None, 7), b"content-length: 7\r\n"),
        ("PATCH", Body(None), b"transfer-encoding: chunked\r\n"),
    ],
)
def test_framing_fits_the_body(method, body, framing, request_of) -> None:
    fields = ((b"content-length", b"1"), (b"transfer-encoding", b"x"), (b"connection", b"x"), (b"expect", b"100-continue"))
    assert head(request_of(method, "/a", body, fields), b"origin.example") == (
        method.encode() + b" /a HTTP/1.1\r\nhost: origin.example\r\naccept: */*\r\n" + framing + b"\r\n"
    )


def test_an_empty_query_keeps_its_mark(request_of) -> None:
    request = request_of("GET", "/a")
    request.query = b""
    assert head(request, b"h").startswith(b"GET /a? HTTP/1.1\r\n")


@pytest.mark.parametrize("value", [b"1\r\nevil: 1", b"1\n", b"1\r"])
def test_no_value_ends_its_line(value, request_of) -> None:
    with pytest.raises(ValueError, match="line end"):
        head(request_of(fields=((b"x", value),)), b"h")
    with pytest.raises(ValueError, match="line end"):
        head(request_of(), value)


async def test_slices_are_bounded() -> None:
    recorder = Recorder()
    await slices(b"x" * (2 * SLICE + 1), recorder, 3)
    assert [len(piece) for piece in recorder.written] == [SLICE, SLICE, 1]
    assert recorder.first_byte == 3


async def test_chunks(piece_body) -> None:
    recorder = Recorder()
    body = piece_body(b"hello", b"x" * 16)
    await pieces(body, recorder, 3)
    assert recorder.written == [b"5\r\nhello\r\n", b"10\r\n" + b"x" * 16 + b"\r\n", b"0\r\n\r\n"]
    assert (recorder.first_byte, body.abandoned) == (3, False)


@pytest.mark.parametrize("parts", [(), (b"hell",), (b"hel", b"lo!"), (b"hello", b"!")])
async def test_a_wrong_length_is_never_completed(parts, piece_body) -> None:
    recorder = Recorder()
    body = piece_body(*parts, length=5)
    with pytest.raises(EdgeFault, match="body-length"):
        await pieces(body, recorder, 3)
    assert len(b"".join(recorder.written)) <= 5
    assert (recorder.first_byte, body.abandoned) == (None, True)
