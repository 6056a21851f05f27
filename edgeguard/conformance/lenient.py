"""Reads a request as a forgiving server does, so that rules see what the edge's own reader would refuse before them.

For tests only: tests of rules send lines without a version, lengths that lie and fields without a name, and ask what the rules
make of them. The edge itself reads with `wire`, which lets none of that through. An absolute target stays as it was sent, because
some rules look for one.
"""

from __future__ import annotations

from typing import NamedTuple

from edgeguard.message import Body, Headers, Request


class Reading(NamedTuple):
    """A request, and how much of it came.

    Attributes:
        content: the body, without its framing.
        complete: False where the framing promised more than came, so that a server would still wait.
    """

    request: Request
    content: bytes
    complete: bool


def read_request(data: bytes) -> Reading:
    """Make a request of any octets whatever."""
    head, body = _parted(data)
    first, *lines = head.split(b"\n")
    method, target, version = _request_line(first.removesuffix(b"\r"))
    headers = Headers(_fields(lines))
    content, complete = _content(headers, body)
    host, origin_form = _origin_form(target)
    path, mark, query = origin_form.partition(b"?")
    if host is None:
        host = headers.get(b"host") or b""
    request = Request(
        method=method,
        target=target,
        path=path,
        query=query if mark else None,
        scheme=b"http",
        authority=host.lower(),
        headers=headers,
        body=Body(content),
        version=version,
    )
    return Reading(request, content, complete)


def _parted(data: bytes) -> tuple[bytes, bytes]:
    """Head and body, at the first empty line, however its ends are written."""
    ends = [(at, len(mark)) for mark in (b"\r\n\r\n", b"\n\n", b"\n\r\n") if (at := data.find(mark)) >= 0]
    if not ends:
        return data.rstrip(b"\r\n"), b""
    at, length = min(ends)
    return data[:at], data[at + length :]


def _request_line(line: bytes) -> tuple[bytes, bytes, bytes]:
    """Method, target and version; what stands between the first space and the last is the target, spaces and all."""
    words = line.strip(b" \t")
    method, _, rest = words.partition(b" ")
    target, space, protocol = rest.rpartition(b" ")
    if not space or b"/" not in protocol:
        # Without a version it is HTTP/0.9.
        target, protocol = rest, b"HTTP/0.9"
    return method, target.strip(b" \t") or b"/", protocol.removeprefix(b"HTTP/")


def _fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        line = line.removesuffix(b"\r")  # noqa: PLW2901 - the end is none of it
        if line.startswith((b" ", b"\t")) and fields:
            name, value = fields[-1]
            fields[-1] = name, value + b" " + line.strip(b" \t")
            continue
        name, colon, value = line.partition(b":")
        if colon:
            fields.append((name.strip(b" \t").lower(), value.strip(b" \t")))
    return fields


def _origin_form(target: bytes) -> tuple[bytes | None, bytes]:
    """The authority that an absolute target names, and the target without it."""
    scheme, mark, rest = target.partition(b"://")
    if not mark or not scheme.isalpha():
        return None, target
    cut = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
    path = rest[cut:]
    return rest[:cut], path if path.startswith(b"/") else b"/" + path


def _content(headers: Headers, body: bytes) -> tuple[bytes, bool]:
    coding = headers.get(b"transfer-encoding")
    if coding is not None and b"chunked" in coding.lower():
        return _dechunked(body)
    length = headers.get(b"content-length")
    if length is None or not length.isdigit():
        return b"", True
    wanted = int(length[:18])
    return body[:wanted], len(body) >= wanted


def _dechunked(body: bytes) -> tuple[bytes, bool]:
    pieces: list[bytes] = []
    while body:
        line, _, body = body.partition(b"\n")
        try:
            size = int(line.partition(b";")[0].strip() or b"x", 16)
        except ValueError:
            break
        if size <= 0:
            return b"".join(pieces), True
        pieces.append(body[:size])
        body = body[size:].removeprefix(b"\r").removeprefix(b"\n")
    return b"".join(pieces), False
