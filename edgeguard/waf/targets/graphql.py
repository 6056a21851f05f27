"""The names in a GraphQL document: fields, arguments, fragments, types; strings and comments left out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets import query
from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
_TO_BLANK = bytes(octet if octet in _LETTERS else 0x20 for octet in range(256))
_MOST = 10_000  # names of one document; one of real life has a few hundred


def names_of(document: bytes) -> list[bytes]:
    """Each name of `document` once, in order; linear, for strings and comments are cut out by searches that go on."""
    kept = []
    at = 0
    quote = comment = -1
    while True:
        quote = _next(document, b'"', at, quote)
        comment = _next(document, b"#", at, comment)
        start = min(quote, comment)
        if start == len(document):
            break
        kept.append(document[at:start])
        at = _after_comment(document, start) if comment < quote else _after_string(document, start)
    kept.append(document[at:])
    words = b" ".join(kept).translate(_TO_BLANK).split(None, _MOST)
    return list(dict.fromkeys(words[:_MOST]))


def _next(document: bytes, mark: bytes, at: int, known: int) -> int:
    """Where `mark` stands next, the length of the document where it does not; `known` is kept until it is passed."""
    if known >= at:
        return known
    found = document.find(mark, at)
    return len(document) if found < 0 else found


def _after_comment(document: bytes, start: int) -> int:
    end = document.find(b"\n", start)
    return len(document) if end < 0 else end


def _after_string(document: bytes, start: int) -> int:
    if document.startswith(b'"""', start):
        end = document.find(b'"""', start + 3)
        return len(document) if end < 0 else end + 3
    at = start + 1
    while True:
        end = document.find(b'"', at)
        if end < 0:
            return len(document)
        slashes = end - len(document[at:end].rstrip(b"\\")) - at
        if slashes % 2 == 0:
            return end + 1
        at = end + 1


def fields(seen: Seen) -> list[Pair]:
    """Names of the documents in the query, in a JSON body's `query` members, or in a body of `application/graphql`."""
    content = seen.content
    if content is None:
        return []
    documents = [value for name, value in query.values(seen) if name == b"query"]
    documents += [value for name, value in content.json_values if name == b"query"]
    documents += [value for name, value in content.form if name == b"query"]
    if (seen.request.headers.get(b"content-type") or b"").startswith(b"application/graphql"):
        documents += [value for _, value in content.text]
    return [(b"", name) for document in documents for name in names_of(document)]


FAMILY = Family(
    extractors={Source.GRAPHQL_FIELD: fields},
    kinds=(Kind("graphql.fields", (Source.GRAPHQL_FIELD,), "names in GraphQL documents, wherever the request carries one"),),
)
