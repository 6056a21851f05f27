"""The Cache-Control field of a response (RFC 9111, section 5.2.2) as a value. What follows from it is `policy`'s.

What can't be read makes a response less cacheable, never more: doubled ages count as the smaller one, an age that is no
number as 0, a broken list as `no-store`, and `private` or `no-cache` with field names as the whole response.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 4096  # bytes; real ones stay below 200, and a longer one is not worth reading
_FOREVER = 2**31  # seconds; what RFC 9111, section 1.2.2 asks for where a number is too large
_AGES = {
    b"max-age": "max_age",
    b"s-maxage": "s_maxage",
    b"stale-while-revalidate": "stale_while_revalidate",
    b"stale-if-error": "stale_if_error",
}
_FLAGS = {
    b"no-store": "no_store",
    b"no-cache": "no_cache",
    b"private": "private",
    b"public": "public",
    b"must-revalidate": "must_revalidate",
    b"proxy-revalidate": "proxy_revalidate",
}


@dataclass(frozen=True, slots=True)
class CacheControl:
    """What a response says of its storage. Ages in whole seconds; None where the directive is absent."""

    no_store: bool = False
    no_cache: bool = False
    private: bool = False
    public: bool = False
    must_revalidate: bool = False
    proxy_revalidate: bool = False
    max_age: int | None = None
    s_maxage: int | None = None
    stale_while_revalidate: int | None = None
    stale_if_error: int | None = None


_NOTHING = CacheControl()
_UNREADABLE = CacheControl(no_store=True)


def parse_cache_control(value: bytes | None) -> CacheControl:
    """Read the joined values of all Cache-Control fields; None means that there were none."""
    if value is None:
        return _NOTHING
    return _UNREADABLE if len(value) > LONGEST else _read(value)


@lru_cache(maxsize=256)  # origins say the same few things all the time
def _read(value: bytes) -> CacheControl:
    found: dict[str, int] = {}
    try:
        for directive in _split(value):
            name, equals, argument = directive.partition(b"=")
            name = name.strip(b" \t").lower()
            if name in _FLAGS:
                found[_FLAGS[name]] = True
            elif name in _AGES:
                attribute = _AGES[name]
                seconds = delta_seconds(argument.strip(b' \t"')) if equals else 0
                found[attribute] = min(seconds, found.get(attribute, _FOREVER))
    except ValueError:
        return _UNREADABLE
    return CacheControl(**found)  # type: ignore[arg-type]  # the tables give a flag a bool and an age an int


def delta_seconds(text: bytes) -> int:
    """A number of seconds, at most 2**31; 0 where `text` is no number (RFC 9111, section 4.2.1: then it is stale)."""
    if not text.isdigit():
        return 0
    return min(int(text), _FOREVER) if len(text) <= 10 else _FOREVER


def _split(value: bytes) -> Iterator[bytes]:
    """The members of a list; a comma within quotes does not part them.

    Raises:
        ValueError: a quote is never closed.
    """
    if b'"' not in value:
        yield from value.split(b",")
        return
    begin = place = 0
    while place < len(value):
        octet = value[place]
        if octet == 0x2C:
            yield value[begin:place]
            begin = place + 1
        elif octet == 0x22:
            place = _closing(value, place + 1)
        place += 1
    yield value[begin:]


def _closing(value: bytes, place: int) -> int:
    while True:
        octet = value[place] if place < len(value) else None
        if octet is None:
            raise ValueError("a quote is never closed")
        if octet == 0x22:
            return place
        place += 2 if octet == 0x5C else 1
