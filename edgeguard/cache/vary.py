"""Which of a URL's stored answers fits a request (RFC 9111, section 4.1).

A URL's answers are told apart by one set of request fields: all that any of its responses has named in Vary. A set that is
larger than one response asked for parts answers that could have been shared, and never shares what must be parted.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.message import Headers

MOST_NAMES = 8  # fields in one set. Real origins name one to four; each is read at every look-up
_LONGEST = 96  # bytes of a variant's key before a digest stands for it
_TOKEN = frozenset(b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz")
# Lists without quoted strings, whose members have no case: a space after a comma and capitals mean nothing in them.
_LISTS = frozenset((b"accept-encoding", b"accept-language"))
_SECRET = frozenset((b"authorization", b"cookie"))
# What the edge itself tells the origin of the client: the request in hand does not have it, so nothing can be told apart by it.
_OURS = (b"forwarded", b"x-forwarded-", b"x-request-id", b"via")


def parse_vary(value: bytes | None) -> tuple[bytes, ...] | None:
    """The names in a response's Vary, lower-case, sorted, once each; None where no later request can ever fit it.

    None stands for `*`, for what is no field name, for a field that the edge sets anew, and for more than `MOST_NAMES`.
    """
    if value is None:
        return ()
    names = {name.strip(b" \t").lower() for name in value.split(b",", MOST_NAMES * 4)} - {b""}
    if b"*" in names or len(names) > MOST_NAMES or any(name.startswith(_OURS) for name in names):
        return None
    if not all(_TOKEN.issuperset(name) for name in names):
        return None
    return tuple(sorted(names))


def merge(one: tuple[bytes, ...], other: tuple[bytes, ...]) -> tuple[bytes, ...]:
    """The set that serves both; `other` alone where that would be too large."""
    if one == other or not one:
        return other
    both = tuple(sorted({*one, *other}))
    return both if len(both) <= MOST_NAMES else other


def variant(names: tuple[bytes, ...], headers: Headers) -> bytes:
    """The key among a URL's variants that a request's fields lead to; credentials are in it only as a digest."""
    if not names:
        return b""
    key = b"\n".join([_part(name, headers) for name in names])
    if len(key) > _LONGEST or not _SECRET.isdisjoint(names):
        return b"#" + blake2b(key, digest_size=32).digest()
    return key


def _part(name: bytes, headers: Headers) -> bytes:
    value = headers.get(name)
    if value is None:
        return b"-"
    if name in _LISTS:
        value = value.lower().replace(b", ", b",")
    return b"=" + value
