"""A body's bytes without what an editor wrote: the very bytes of all else, for rules that look at the body as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.json_text import closing
from edgeguard.waf.editorial.separate import kind_of_field
from edgeguard.waf.transformations.url_decode import url_decode

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from edgeguard.config.model import ContentKind


def without_strings(text: bytes, numbers: Collection[int]) -> bytes:
    """JSON with those of its strings emptied, quotes kept, that stand at these places among all strings, from 0 on."""
    kept: list[bytes] = []
    behind = 0
    start = text.find(b'"')
    number = 0
    while start >= 0:
        end = closing(text, start + 1)
        if number in numbers:
            kept.append(text[behind : start + 1])
            behind = end
        number += 1
        start = text.find(b'"', end + 1)
    kept.append(text[behind:])
    return b"".join(kept)


def form_without(text: bytes, kinds: Mapping[bytes, ContentKind]) -> bytes:
    """A urlencoded form without the values of content fields."""
    pieces = text.split(b"&")
    for number, piece in enumerate(pieces):
        name, equals, _ = piece.partition(b"=")
        kind = kind_of_field(url_decode(name), kinds)
        if kind is not None and kind != "inspect":
            pieces[number] = name + equals
    return b"&".join(pieces)


def values_without(body: bytes, values: Collection[bytes]) -> bytes:
    """A multipart body without these values, each of which stands between a blank line and a boundary."""
    for value in values:
        if value:
            body = body.replace(b"\r\n\r\n" + value + b"\r\n--", b"\r\n\r\n\r\n--", 1)
    return body
