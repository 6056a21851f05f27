"""A request from a file that a person or a program wrote: `GET / HTTP/1.1`, fields, an empty line, the body.

Editors write line ends of one byte, and bodies are changed without their lengths: what a client would have sent is made of it,
and each change is told.
"""

from __future__ import annotations

from edgeguard.waf.explain.given import CLIENT, Given
from edgeguard.waf.faults import Refused

_ENDS = (b"\r\n\r\n", b"\n\n", b"\n\r\n")


def from_raw(data: bytes, source: str, client: str = CLIENT) -> Given:
    """The request in `data`.

    Raises:
        Refused: there is no request line in it.
    """
    notes: list[str] = []
    head, body = _parted(data.lstrip(b"\r\n"))
    lines = [line.removesuffix(b"\r") for line in head.split(b"\n")]
    first = lines[0].split()
    if len(first) not in (2, 3) or not first[0].isalpha():
        shown = lines[0][:60].decode("utf-8", "backslashreplace")
        raise Refused(f"it begins with '{shown}'; a request begins with a line such as 'GET /path HTTP/1.1'")
    if first[2:] and first[2] in (b"HTTP/2", b"HTTP/2.0", b"HTTP/3"):
        notes.append(f"{first[2].decode()} is read as HTTP/1.1, as which rules see it")
        lines[0] = b" ".join((*first[:2], b"HTTP/1.1"))
    elif len(first) == 2:
        notes.append("the first line names no version; it is read as HTTP/1.1")
        lines[0] = b" ".join((*first, b"HTTP/1.1"))
    fields = {line.partition(b":")[0].strip().lower(): line.partition(b":")[2].strip() for line in lines[1:]}
    if b"transfer-encoding" not in fields:
        body = _measured(lines, fields, body, notes)
    return Given(b"\r\n".join(lines) + b"\r\n\r\n" + body, source, client, tuple(notes))


def _parted(data: bytes) -> tuple[bytes, bytes]:
    found = [(at, len(end)) for end in _ENDS if (at := data.find(end)) >= 0]
    if not found:
        return data.rstrip(b"\r\n"), b""
    at, length = min(found)
    return data[:at], data[at + length :]


def _measured(lines: list[bytes], fields: dict[bytes, bytes], body: bytes, notes: list[str]) -> bytes:
    """The body, once its length is as the fields say; they are changed to fit where they do not."""
    said = fields.get(b"content-length", b"")
    if said.isdigit() and len(said) < 12:
        length = int(said)
        if length == len(body) or (length < len(body) and not body[length:].strip(b"\r\n")):
            return body[:length]  # an editor ends the last line
        notes.append(f"Content-Length says {length}, and the body has {len(body)} bytes; all of them are taken")
    elif not said and not body.strip(b"\r\n"):
        return b""
    elif not said:
        body = body.removesuffix(b"\n").removesuffix(b"\r")
        notes.append(f"Content-Length is missing; the body has {len(body)} bytes")
    else:
        return body  # the reader will say what it thinks of it
    kept = [line for line in lines[1:] if line.partition(b":")[0].strip().lower() != b"content-length"]
    lines[1:] = [*kept, b"Content-Length: %d" % len(body)]
    return body
