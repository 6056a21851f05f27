"""Lists of values by what they follow from, so that what is in them is known without looking where the same comes again.

The fields of a client's requests are mostly the same ones, and so is the path it asks for: one look-up of the whole head says
then what is in each of its fields. Where it is not known, each value is looked at by its own trie, which remembers too.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edgeguard.waf.forms import Trie
    from edgeguard.waf.model import Term
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.family import Extractor

    Key = Callable[[Seen], object | None]
    """What lists follow from, of what was seen; None where there is no such thing this time."""

KNOWN = 1024  # keys per lane; heads of one client's requests are alike
LONGEST = 4096  # bytes of a key that is worth keeping: 4 MB per lane at the most
HITS = 64  # of a key that is worth keeping: 10 MB per lane at the most. Browsers' heads have 10 to 20, attacks have hundreds

Found = tuple["Term", str, bytes, bytes]
"""A term that may hold, the label of the source, the value's name, and the value."""


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A list of values and what is asked of them: `named` tries for values of these names, `other` for the rest."""

    label: str
    take: Extractor
    named: Mapping[bytes, Trie | None]
    other: Trie | None
    otherwise: bytes | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Count:
    """A term about the number of values."""

    term: Term
    label: str
    take: tuple[Extractor, ...]

    def of(self, seen: Seen) -> int:
        """How many values there are."""
        target = self.term.target
        total = 0
        for take in self.take:
            pairs = take(seen)
            if target.key is None and not target.without:
                total += len(pairs)
            else:
                lower = [name.lower() for name, _ in pairs]
                total += sum(1 for name in lower if (target.key is None or name == target.key) and name not in target.without)
        return total


@dataclass(slots=True, eq=False)
class Lane:
    """Lists that follow from one key, by which it is known what is in them without looking.

    Attributes:
        key: what they follow from, of what was seen; None where there is no such thing this time.
        known: what was hit by key; bounded.
    """

    key: Key
    members: tuple[Member, ...]
    counts: tuple[Count, ...]
    known: dict[object, tuple[Found, ...]] = field(default_factory=dict, repr=False)

    def remember(self, key: object, hits: tuple[Found, ...]) -> None:
        """Note what is in the lists of `key`. A full memory starts anew: forgetting costs a look, never a miss."""
        if len(hits) <= HITS and _size(key) <= LONGEST:
            if len(self.known) >= KNOWN:
                self.known.clear()
            self.known[key] = hits


def _size(key: object) -> int:
    """Bytes in a key: of its parts, and of theirs."""
    if not isinstance(key, tuple):
        return 0
    total = 0
    for part in key:
        if isinstance(part, bytes):
            total += len(part)
        elif isinstance(part, tuple):
            total += sum(map(len, part))
    return total


# -- what lists follow from


def _head(seen: Seen) -> object | None:
    request = seen.request
    return (request.version, request.method, request.host, *request.headers.fields)


def _names(seen: Seen) -> object | None:
    return tuple([name for name, _ in seen.request.headers.fields])


def _line(seen: Seen) -> object | None:
    request = seen.request
    return (request.method, request.version, request.target, request.path, request.query)


def _who(seen: Seen) -> object | None:
    owner = seen.client.account
    port = seen.server_port or seen.request.scheme  # which tells the port where nobody else does
    return (seen.client.address, owner and owner.id, seen.server_address, port)


def _no_body(seen: Seen) -> object | None:
    content = seen.content
    if content is None or content.raw or content.fault or content.later is not None or seen.body_cut or seen.body_length:
        return None
    return True


def _answer(seen: Seen) -> object | None:
    headers = seen.response_headers
    return None if headers is None else (seen.status, seen.response_protocol, *headers.fields)


LANES: tuple[tuple[Key, frozenset[Source]], ...] = (
    (_names, frozenset({Source.HEADER_NAME})),
    (
        _head,
        frozenset(
            {Source.METHOD, Source.VERSION, Source.PROTOCOL, Source.HEADER_VALUE, Source.COOKIE_NAME,
             Source.COOKIE_VALUE, Source.RAW_COOKIE_NAME, Source.RAW_COOKIE_VALUE, Source.AUTH_TYPE, Source.REMOTE_USER,
             Source.HOST, Source.COOKIE_NESTED, Source.HEADER_NESTED}
        ),
    ),
    (
        _line,
        frozenset(
            {Source.TARGET, Source.PATH, Source.PATH_TAIL, Source.QUERY, Source.QUERY_NAME, Source.QUERY_NESTED,
             Source.QUERY_VALUE, Source.REQUEST_LINE, Source.URI, Source.FILENAME, Source.BASENAME}
        ),
    ),
    (_who, frozenset({Source.ADDRESS, Source.ACCOUNT, Source.SERVER_ADDRESS, Source.SERVER_PORT})),
    (
        _no_body,
        frozenset(
            {source for source in Source if source.value.startswith(("MULTIPART_", "FILES_", "http.request.files."))}
            | {Source.BODY, Source.BODY_TEXT, Source.FORM_NAME, Source.FORM_VALUE, Source.GUESSED_FORM_NAME,
               Source.GUESSED_FORM_VALUE, Source.JSON_KEY, Source.JSON_PATH, Source.JSON_VALUE, Source.JSON_ARGUMENT_NAME,
               Source.JSON_ARGUMENT, Source.REQUEST_BODY, Source.REQUEST_BODY_LENGTH, Source.BODY_CUT, Source.BODY_ERROR,
               Source.BODY_ERROR_TEXT, Source.XML, Source.CONTENT_NESTED}
        ),
    ),
    (
        _answer,
        frozenset(
            {Source.STATUS, Source.RESPONSE_HEADER_NAME, Source.RESPONSE_HEADER_VALUE, Source.RESPONSE_PROTOCOL,
             Source.STATUS_LINE, Source.RESPONSE_CONTENT_TYPE}
        ),
    ),
)  # fmt: skip


COUNTED: dict[Key, frozenset[Source]] = {_names: frozenset({Source.HEADER_NAME, Source.HEADER_VALUE})}
"""Of which lists the numbers of values follow from a key, where that is more than the values do."""

HEADS = frozenset(source for key, sources in LANES if key is not _no_body for source in sources)
"""What is in the heads of messages, and who sends them."""
