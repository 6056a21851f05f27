"""`detects_tokens`: the value has a secret token of a well-known service, such as GitHub, AWS, Stripe or Slack.

Arguments: true. Placeholders of manuals don't count, nor do keys that services call public.
Result: the first such token; it is never told.
Example: `{http.response.body|detects_tokens: true}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.access_tokens import GATE, tokens
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.expression import Expression, Span


class DetectsTokens(ValueOperator):
    """One linear pattern for each kind of token."""

    gate: tuple[Expression, ...] | None = GATE
    secret = True

    def __init__(self, argument: object) -> None:
        if argument is not True:
            raise Refused(f"detects_tokens takes true, not {argument!r}")

    def find(self, value: bytes) -> Span | None:
        return next(tokens(value), None)

    def spans(self, value: bytes) -> Iterator[Span]:
        return tokens(value)
