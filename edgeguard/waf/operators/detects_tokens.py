"""`detects_tokens`: the value has a secret token of a well-known service, such as GitHub, AWS, Stripe or Slack.

Arguments: `anywhere`, or `value` for one that is the whole of a text in quotes, as data has it and prose has not.
Placeholders of manuals don't count, nor do keys that services call public.
Result: the first such token; it is never told.
Example: `{http.response.body|detects_tokens: value}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.access_tokens import GATE, tokens
from edgeguard.waf.detectors.quoted import is_quoted
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
        if argument not in ("anywhere", "value"):
            raise Refused(f"detects_tokens takes `anywhere` or `value`, not {argument!r}")
        self._alone = argument == "value"

    def find(self, value: bytes) -> Span | None:
        return next(self.spans(value), None)

    def spans(self, value: bytes) -> Iterator[Span]:
        found = tokens(value)
        return (span for span in found if is_quoted(value, span)) if self._alone else found
