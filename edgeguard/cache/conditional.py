"""Validators: is what the client holds still current (RFC 9110, section 13.1; RFC 9111, section 4.3.2)?"""

from __future__ import annotations


def opaque(tag: bytes) -> bytes:
    """An entity tag without its weakness: GET compares weakly (RFC 9110, section 8.8.3.2)."""
    return tag[2:] if tag.startswith(b"W/") else tag


def matches(tags: bytes, tag: bytes | None) -> bool:
    """Whether If-None-Match names the entity tag `tag`, compared weakly.

    A list that can't be read matches nothing from there on: the client then gets the whole response.
    """
    if tags == b"*":
        return True
    if tag is None:
        return False
    wanted = opaque(tag)
    if opaque(tags) == wanted:
        return True
    place = 0
    while True:
        begin = tags.find(b'"', place)
        end = tags.find(b'"', begin + 1) if begin >= 0 else -1
        if end < 0 or tags[place:begin].strip(b" \t,") not in (b"", b"W/"):
            return False
        if tags[begin : end + 1] == wanted:
            return True
        place = end + 1
