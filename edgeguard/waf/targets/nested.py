"""What stands within values: JSON and Base64 in a parameter, a cookie or a field, values of a name that is given twice, and the
path from each of its segments on, for an attack there begins behind a slash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.nested import joined_pairs, nested_pairs
from edgeguard.waf.targets import cookies, graphql, query
from edgeguard.waf.targets.family import Family
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair

_SEGMENTS = 12  # of a path that are looked at by themselves
_CALM = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-._~,:@"
_SIGNS = (b"'", b'"', b"(", b"<", b"=", b";", b"|")
_BASIC = b"basic "
_LEFT_OUT = frozenset((b"cookie", b"host", b"user-agent", b"accept", b"if-none-match", b"etag", b"content-type"))
_REFERER = 2048  # bytes of an address's query
_SHORTEST = 16  # bytes of a field that may hold something


def tails(seen: Seen) -> list[Pair]:
    """The path from each segment on, where it has signs that names don't have."""
    path = seen.request.path
    if not path.translate(None, _CALM):
        return []
    pieces = path.split(b"/", _SEGMENTS)
    found = [(b"", b"/".join(pieces[at:])) for at in range(1, len(pieces)) if pieces[at]]
    return found + [(b"", piece) for piece in pieces[1:-1] if piece.translate(None, _CALM)]


def in_query(seen: Seen) -> Sequence[Pair]:
    pairs = query.values(seen)
    return (*nested_pairs(pairs), *joined_pairs(pairs)) if pairs else ()


def in_cookies(seen: Seen) -> Sequence[Pair]:
    pairs = cookies.values(seen)
    return (*nested_pairs(pairs), *_spaced(pairs)) if pairs else ()


def in_headers(seen: Seen) -> list[Pair]:
    """JSON and Base64 in fields, and the user's name of `Authorization: Basic`; the password is no text that is used."""
    found: list[Pair] = []
    for name, value in seen.request.headers.fields:
        if len(value) < _SHORTEST or name in _LEFT_OUT:
            continue
        if name == b"authorization":
            if value[:6].lower() == _BASIC:
                found += [(name, text.partition(b":")[0]) for _, text in nested_pairs(((name, value[6:].strip()),))]
            elif value[:7].lower() == b"bearer ":
                found += nested_pairs(((name, value[7:].strip()),))
            continue
        if name == b"referer" and b"?" in value:
            found += [(name, text) for _, text in query.split_pairs(value.partition(b"?")[2][:_REFERER])]
        found += nested_pairs(((name, value),))
        found += _spaced(((name, value),))
    return found


def in_content(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    if content is None:
        return ()
    found: list[Pair] = []
    if content.form:
        found += nested_pairs(content.form)
        found += joined_pairs(content.form)
    if content.json is not None:
        found += nested_pairs(content.json_values)
    if content.xml is not None:
        found += nested_pairs(content.xml_values)
    return found


def in_graphql(seen: Seen) -> Sequence[Pair]:
    pairs = graphql.strings(seen)
    return nested_pairs(pairs) if pairs else ()


def _spaced(pairs: Sequence[Pair]) -> list[Pair]:
    """Values in which a plus sign may stand for a space, as in the query: none has a space, and some sign of code."""
    return [
        (name, value.replace(b"+", b" "))
        for name, value in pairs
        if b"+" in value and b" " not in value and any(sign in value for sign in _SIGNS)
    ]


FAMILY = Family(
    extractors={
        Source.PATH_TAIL: tails,
        Source.QUERY_NESTED: in_query,
        Source.COOKIE_NESTED: in_cookies,
        Source.HEADER_NESTED: in_headers,
        Source.CONTENT_NESTED: in_content,
        Source.GRAPHQL_NESTED: in_graphql,
    },
    kinds=(),
)
