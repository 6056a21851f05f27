"""Messages to bytes. The only place where a head is written, so the one that makes sure no value can end its line."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.message import Field

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


def field_lines(fields: list[Field]) -> bytes:
    """Fields as lines, without the empty one at the end.

    Raises:
        ValueError: a name or value holds CR or LF.
    """
    lines = b"".join([name + b": " + value + b"\r\n" for name, value in fields])
    if lines.count(b"\n") != len(fields) or lines.count(b"\r") != len(fields):
        raise ValueError("a field holds a line end; refusing to write a head that could be read as two")
    return lines


def request_head(method: bytes, target: bytes, lines: bytes) -> bytes:
    """A request's head for HTTP/1.1; `lines` are from `field_lines`, with Host and the framing.

    Raises:
        ValueError: the method or target holds CR or LF.
    """
    start = b"%b %b HTTP/1.1" % (method, target)
    if b"\n" in start or b"\r" in start:
        raise ValueError("the request line holds a line end; refusing to write a head that could be read as two")
    return start + b"\r\n" + lines + b"\r\n"


def response_head(status: int, fields: list[Field]) -> bytes:
    """A response's head for HTTP/1.1; `fields` hold the framing already. The reason phrase is the standard one, or none.

    Raises:
        ValueError: a name or value holds CR or LF.
    """
    return (_STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status) + field_lines(fields) + b"\r\n"


def chunk(piece: bytes) -> bytes:
    """One chunk (RFC 9112, section 7.1); empty for an empty piece, which would end the body."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
