"""The names in a GraphQL document (fields, arguments, fragments, types), and its string literals."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import orjson

from edgeguard.waf.targets import query
from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair

_LETTERS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_"
_TO_BLANK = bytes(octet if octet in _LETTERS else 0x20 for octet in range(256))


def names_of(document: bytes) -> list[bytes]:
    """Each name of `document` once, in order; all of them, for a client could repeat others before the one that matters."""
    code, _ = _taken_apart(document)
    return list(dict.fromkeys(b" ".join(code).translate(_TO_BLANK).split()))


def strings_of(document: bytes) -> list[bytes]:
    """The string literals of `document`, as the server will read them: they are what resolvers get, as variables are."""
    _, literals = _taken_apart(document)
    return [_read(literal) for literal in literals]


def _taken_apart(document: bytes) -> tuple[list[bytes], list[bytes]]:
    """What stands outside of strings and comments, and the strings with their quotes."""
    code, literals, _ = parts_of(document)
    return code, [literal for literal in literals if literal]


def parts_of(document: bytes) -> tuple[list[bytes], list[bytes], list[bytes]]:
    """What stands outside of strings and comments; behind each of these pieces but the last the string with its quotes, empty
    where it is a comment; and the comments. Linear, for each search goes on.
    """
    code: list[bytes] = []
    literals: list[bytes] = []
    comments: list[bytes] = []
    if b"\r" in document:  # ends a line, and with it a comment, by itself, too (GraphQL, section 2.1.2)
        document = document.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    at = 0
    quote = comment = -1
    while True:
        quote = _next(document, b'"', at, quote)
        comment = _next(document, b"#", at, comment)
        start = min(quote, comment)
        if start == len(document):
            break
        code.append(document[at:start])
        if comment < quote:
            at = _after_comment(document, start)
            comments.append(document[start + 1 : at])
            literals.append(b"")
        else:
            at = _after_string(document, start)
            literals.append(document[start:at])
    code.append(document[at:])
    return code, literals, comments


def _read(literal: bytes) -> bytes:
    """A literal without quotes and escapes, which are JSON's but for those in block strings."""
    if literal.startswith(b'"""'):
        return literal[3:].removesuffix(b'"""').replace(b'\\"""', b'"""')
    if b"\\" in literal:
        with contextlib.suppress(ValueError):
            return str(orjson.loads(literal)).encode()
    return literal[1:].removesuffix(b'"')


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
        while end > 0 and document[end - 1 : end] == b"\\":
            end = document.find(b'"""', end + 3)
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


def _documents(seen: Seen) -> list[bytes]:
    """The documents in the query, in a JSON body's or a form's `query`, or in a body of `application/graphql`."""
    content = seen.content
    if content is None:
        return []
    documents = [value for name, value in query.values(seen) if name == b"query"]
    documents += content.graphql
    documents += [value for name, value in content.json_values if name == b"query"]
    documents += [value for name, value in content.form if name == b"query"]
    if (seen.request.headers.get(b"content-type") or b"").startswith(b"application/graphql"):
        documents += [value for _, value in content.text]
    return documents


def fields(seen: Seen) -> list[Pair]:
    """Names in each document."""
    return [(b"", name) for document in _documents(seen) for name in names_of(document)]


def strings(seen: Seen) -> list[Pair]:
    """String literals in each document; and comments, which servers may log, where the document itself stands in no list."""
    found = [(b"", text) for document in _documents(seen) if b'"' in document for text in strings_of(document)]
    content = seen.content
    if content is not None and content.graphql:
        found += [(b"", text) for document in content.graphql if b"#" in document for text in parts_of(document)[2]]
    return found


def arguments(documents: list[bytes]) -> list[Pair]:
    """What of documents that were taken apart is an argument to SecLang: literals and comments, under the document's name."""
    return [(b"json.query", text) for document in documents for text in (*strings_of(document), *parts_of(document)[2])]


FAMILY = Family(
    extractors={Source.GRAPHQL_FIELD: fields, Source.GRAPHQL_STRING: strings},
    kinds=(
        Kind("graphql.fields", (Source.GRAPHQL_FIELD,), "names in GraphQL documents, wherever the request carries one"),
        Kind("graphql.strings", (Source.GRAPHQL_STRING,), "string literals in GraphQL documents, without quotes and escapes"),
    ),
)
