"""What of a response's body must not reach the client: the spans that a rule with `action: mask` finds, and bytes made illegible.

A mask keeps the length of what it covers, and what holds a document together: quotes, brackets, line ends, and the escapes of
strings stay, so that JSON is JSON still and HTML is HTML. Letters, digits and all else become `*`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from edgeguard.waf.condition import And, Name, Not, Or
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from edgeguard.waf.condition import Node
    from edgeguard.waf.expression import Span
    from edgeguard.waf.model import Rule, Selection, Term

MOST = 1000  # places in one body; behind as many, all of it is covered: no page means to show so many secrets
_STAYS = frozenset(b"\"'<>&{}[](),:;\\ \t\r\n*")
_COVERED = bytes(octet if octet in _STAYS else 0x2A for octet in range(256))
_HEX = frozenset(b"0123456789abcdefABCDEF")
_BACKSLASH = 0x5C


def leaks(rule: Rule, body: bytes) -> list[Span]:
    """Where in the body a rule finds what it masks; in order, none overlapping."""
    found = list(islice(_spans(rule, body), MOST + 1))
    if len(found) > MOST:
        found[MOST] = (min(found[MOST][0], len(body)), len(body))
    return merged(found)


def merged(spans: Iterable[Sequence[int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch or overlap as one."""
    out: list[tuple[int, int]] = []
    for begin, end in sorted((each[0], each[1]) for each in spans):
        if out and begin <= out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return out


def covered(body: bytes, spans: Iterable[Span]) -> bytes:
    """The body with these spans made illegible; as long as it was."""
    pieces: list[bytes] = []
    at = 0
    for begin, end in spans:
        first = max(begin - _escaped_before(body, begin), at)
        pieces += (body[at:first], cover(body[first:end]))
        at = end
    pieces.append(body[at:])
    return b"".join(pieces)


def cover(text: bytes) -> bytes:
    """A text made illegible, its structure kept."""
    if b"\\" not in text:
        return text.translate(_COVERED)
    out = bytearray(text.translate(_COVERED))
    at = text.find(b"\\")
    while at >= 0:
        end = at + 2
        if text[at + 1 : at + 2] == b"u" and _HEX.issuperset(text[at + 2 : at + 6]):
            end = at + 6
        out[at:end] = text[at:end]
        at = text.find(b"\\", end)
    return bytes(out)


def _escaped_before(body: bytes, begin: int) -> int:
    r"""How many bytes of an escape stand before `begin`, where a span begins within one: 1 of `\n`, up to 5 of `\u00e4`."""
    for back in range(1, min(begin, 5) + 1):
        at = begin - back
        if body[at] == _BACKSLASH:
            run = at + 1 - len(body[: at + 1].rstrip(b"\\"))
            return back if run % 2 and (back == 1 or body[at + 1 : at + 2] == b"u") else 0
    return 0


def unmaskable(selections: Sequence[Selection]) -> str:
    """Why a rule can't mask what it looks at; empty where it can."""
    terms = [term for selection in selections for term in selection.terms]
    if any(source is Source.RESPONSE_START for term in terms for source in term.target.sources):
        return "`mask` covers what is found in http.response.body; http.response.body.start is only its beginning"
    masking = [term for term in terms if _is_body(term)]
    if not masking:
        return "`mask` covers what is found in http.response.body, and no term of this rule looks there"
    if any(term.pipeline for term in masking):
        return "`mask` covers bytes of the body as they are; leave the transformations out, `(?i)` takes letters of either case"
    if any(term.operator.of_list for term in masking):
        return "`mask` covers what is found in http.response.body, and an operator about the number of values finds nothing there"
    return ""


def _spans(rule: Rule, body: bytes) -> Iterator[Span]:
    asserted = _asserted(rule.condition)
    for selection in rule.selections:
        if selection.name in asserted:
            for term in selection.terms:
                if _is_body(term):
                    yield from term.operator.spans(body)


def _is_body(term: Term) -> bool:
    return term.target.sources == (Source.RESPONSE_BODY,)


def _asserted(node: Node, *, negated: bool = False) -> set[str]:
    """Selections that speak for the rule by holding."""
    if isinstance(node, Name):
        return set() if negated else {node.name}
    if isinstance(node, Not):
        return _asserted(node.part, negated=not negated)
    parts: tuple[Node, ...] = node.parts if isinstance(node, And | Or) else ()
    return {name for part in parts for name in _asserted(part, negated=negated)}
