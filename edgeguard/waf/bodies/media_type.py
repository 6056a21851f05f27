"""Reading Content-Type strictly: what two readers could read differently is refused (RFC 9110, section 8.3)."""

from __future__ import annotations

from dataclasses import dataclass

from edgeguard.waf.bodies.content import Unparsable

_TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LONGEST = 1024  # real ones have up to 150 bytes


@dataclass(frozen=True, slots=True)
class MediaType:
    """A media type in lower case, and its parameters with lower-case names."""

    essence: bytes
    parameters: dict[bytes, bytes]


def parse(field: bytes) -> MediaType:
    """The media type that `field` holds.

    Raises:
        Unparsable: it is none, is one of several, or names a parameter twice.
    """
    if len(field) > _LONGEST:
        raise Unparsable("content type too long")
    essence, *pieces = _split(field)
    essence = essence.strip(b" \t").lower()
    main, slash, sub = essence.partition(b"/")
    if not slash or not main or not sub or not _TOKEN.issuperset(main) or not _TOKEN.issuperset(sub):
        raise Unparsable("content type malformed")
    parameters: dict[bytes, bytes] = {}
    for piece in pieces:
        bare = piece.strip(b" \t")
        if not bare:
            continue
        name, equals, value = bare.partition(b"=")
        name = name.lower()
        if not equals or not name or not _TOKEN.issuperset(name) or name in parameters:
            raise Unparsable("content type parameter malformed or repeated")
        parameters[name] = _value(value)
    return MediaType(essence, parameters)


def _split(field: bytes) -> list[bytes]:
    """At semicolons outside quotes."""
    if b'"' not in field:
        return field.split(b";")
    pieces = []
    start = 0
    quoted = escaped = False
    for at, octet in enumerate(field):
        if escaped:
            escaped = False
        elif quoted and octet == 0x5C:
            escaped = True
        elif octet == 0x22:
            quoted = not quoted
        elif octet == 0x3B and not quoted:
            pieces.append(field[start:at])
            start = at + 1
    pieces.append(field[start:])
    return pieces


def _value(value: bytes) -> bytes:
    if value[:1] == b'"':
        inner = value[1:-1]
        if len(value) < 2 or value[-1:] != b'"' or b'"' in inner or b"\\" in inner:
            raise Unparsable("content type parameter badly quoted")
        return inner
    if not value or not _TOKEN.issuperset(value):
        raise Unparsable("content type parameter malformed")
    return value
