"""Puts a test's request to the rules directly: read by a forgiving reader, inspected phase by phase, nothing in between.

Rules are asked without blocking, as their authors' own tests do, so that what one phase finds does not hide the next one's. A
test that expects a status, or no answer at all, is one of the whole edge: there the strict reader of `wire` has the first word,
and what it refuses no rule sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.conformance.cases import Outcome
from edgeguard.conformance.lenient import read_request
from edgeguard.conformance.log_line import log_line
from edgeguard.conformance.reflection import answer
from edgeguard.errors import ClientFault
from edgeguard.message import Client
from edgeguard.wire.request import HeadLimits, RequestParser

if TYPE_CHECKING:
    from edgeguard.conformance.cases import Expectation
    from edgeguard.conformance.lenient import Reading
    from edgeguard.waf import Match, Ruleset
    from edgeguard.waf.model import Mode

_CLIENT = Client("127.0.0.1", "127.0.0.1")
_LIMITS = HeadLimits(request_line=1 << 20, header_bytes=1 << 20, header_fields=1000)
_FORBIDDEN = 403
_WAITING = "the request ends before its body does, so that a server would wait"


def send(ruleset: Ruleset, sent: bytes, expected: Expectation) -> Outcome:
    """What comes of a request."""
    if expected.status or expected.expect_error:
        refused = _refusal(sent)
        if refused is not None:
            return refused
    reading = read_request(sent)
    # Where a block is among what may be answered, the test wants to see it.
    mode: Mode = "enforce" if _FORBIDDEN in expected.status else "shadow"
    return _inspected(ruleset, reading, sent, mode)


def _refusal(sent: bytes) -> Outcome | None:
    """What the edge's own reader answers; None where it reads a whole request."""
    parser = RequestParser(_LIMITS, b"http")
    parser.receive(sent)
    try:
        if parser.next_request() is None:
            return Outcome(error="the request has no end", sent=sent)
        ended = parser.decoder is None
        while not ended:
            piece, ended = parser.content()
            if not piece and not ended:
                return Outcome(error=_WAITING, sent=sent)
    except ClientFault as fault:
        return Outcome(status=fault.status, sent=sent)
    return None


def _inspected(ruleset: Ruleset, reading: Reading, sent: bytes, mode: Mode) -> Outcome:
    request = reading.request
    transaction = ruleset.transaction(request, _CLIENT, mode)
    verdict = transaction.request_head()
    if not verdict.blocked and request.body.length:
        verdict = transaction.request_body(reading.content, reading.complete)
    status, headers, content = answer(request.method, request.path, reading.content)
    if not verdict.blocked:
        verdict = transaction.response_head(status, headers)
    if not verdict.blocked:
        verdict = transaction.response_body(content)
    if verdict.blocked:
        status, content = verdict.status, b""
    matches = transaction.finish().matches
    return Outcome(
        status=status,
        ids=tuple(match.rule for match in matches),
        lines=tuple(map(_line, matches)),
        response=content,
        error="" if reading.complete else _WAITING,
        sent=sent,
        location=(headers.get(b"location") or b"").decode("latin-1"),
    )


def _line(match: Match) -> str:
    return log_line(match.rule, match.title, match.target, match.detail or match.value, match.tags)
