"""The request target (RFC 9112, section 3.2): its forms, and the one spelling of a path that is matched, keyed and forwarded."""

from __future__ import annotations

from edgeguard.wire.grammar import HEX_DIGITS, VISIBLE, FramingError, authority

_UNRESERVED = b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
# %XX to what it becomes: the octet itself where it needs no escape, else the escape in capitals (RFC 3986, section 6.2.2).
_ESCAPES = {
    bytes([high, low]): bytes([octet]) if octet in _UNRESERVED else b"%%%02X" % octet
    for high in HEX_DIGITS
    for low in HEX_DIGITS
    if (octet := int(bytes([high, low]), 16)) != 0
}


def split(target: bytes, method: bytes) -> tuple[bytes | None, bytes, bytes | None]:
    """A target as (authority, path, query); authority is None in origin-form, query None where there is no `?`.

    Raises:
        FramingError: it holds what no target may, or has neither origin-form, absolute-form, nor `*` with OPTIONS.
    """
    if target.translate(None, VISIBLE) or b"#" in target:
        raise FramingError("bad-target")
    host: bytes | None = None
    if not target.startswith(b"/"):
        if target == b"*" and method == b"OPTIONS":
            return None, target, None
        scheme, separator, rest = target.partition(b"://")
        if not separator or scheme.lower() not in (b"http", b"https"):
            raise FramingError("bad-target-form")
        end = min((at for at in (rest.find(b"/"), rest.find(b"?")) if at >= 0), default=len(rest))
        host, target = authority(rest[:end]), rest[end:]
        if not target.startswith(b"/"):
            target = b"/" + target
    path, mark, query = target.partition(b"?")
    return host, path, query if mark else None


def normalise(path: bytes) -> bytes:
    """A path as the origin will get it: escapes in one spelling, dot segments resolved, one slash at the start, no backslash.

    Slashes further in stay as they are, because `/image/https://…` is an address in use. A path that needs nothing is
    returned as it is, which is the usual case.

    Raises:
        FramingError: an escape is malformed or stands for NUL, or some readers would find a `..` that is none.
    """
    if b"%" in path:
        first, *rest = path.split(b"%")
        try:
            path = first + b"".join([_ESCAPES[piece[:2]] + piece[2:] for piece in rest])
        except KeyError:
            raise FramingError("bad-escape") from None
    if b"\\" in path:
        path = path.replace(b"\\", b"%5C")
    if b"/." in path:
        path = _without_dots(path)
    if path.startswith(b"//"):
        path = b"/" + path.lstrip(b"/")
    if b".." in path and _climbs_for_some(path):
        raise FramingError("hidden-dot-segment")
    return path


def _climbs_for_some(path: bytes) -> bool:
    """Whether `..` shows to who takes escaped slashes or backslashes for slashes, or drops a segment's parameters (`/..;/`)."""
    segments = path.replace(b"%2F", b"/").replace(b"%5C", b"/").split(b"/")
    return any(segment.partition(b";")[0] == b".." for segment in segments)


def _without_dots(path: bytes) -> bytes:
    """RFC 3986, section 5.2.4, for a path that begins with a slash."""
    kept: list[bytes] = []
    segments = path.split(b"/")[1:]
    for segment in segments:
        if segment == b"..":
            if kept:
                kept.pop()
        elif segment != b".":
            kept.append(segment)
    if segments[-1] in (b".", b".."):
        kept.append(b"")
    return b"/" + b"/".join(kept)
