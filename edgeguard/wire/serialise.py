"""Messages to bytes. The only place where a head is written, so the one that makes sure no value can end its line."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.message import Field

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


def _block(start: bytes, fields: list[Field]) -> bytes:
    head = start + b"".join([name + b": " + value + b"\r\n" for name, value in fields]) + b"\r\n"
    lines = len(fields) + 2
    if head.count(b"\n") != lines or head.count(b"\r") != lines:
        raise ValueError("a field holds a line end; refusing to write a head that could be read as two")
    return head


def request_head(method: bytes, target: bytes, fields: list[Field]) -> bytes:
    """A request's head for HTTP/1.1; `fields` hold Host and the framing already.

    Raises:
        ValueError: a name or value holds CR or LF.
    """
    return _block(b"%b %b HTTP/1.1\r\n" % (method, target), fields)


def response_head(status: int, fields: list[Field]) -> bytes:
    """A response's head for HTTP/1.1; `fields` hold the framing already. The reason phrase is the standard one, or none.

    Raises:
        ValueError: a name or value holds CR or LF.
    """
    return _block(_STATUS_LINES.get(status) or b"HTTP/1.1 %d \r\n" % status, fields)


def chunk(piece: bytes) -> bytes:
    """One chunk (RFC 9112, section 7.1); empty for an empty piece, which would end the body."""
    return b"%x\r\n%b\r\n" % (len(piece), piece) if piece else b""
