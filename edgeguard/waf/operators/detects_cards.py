"""`detects_cards`: the value has the number of a payment card: an issuer's beginning and length, and a right check digit (Luhn).

Arguments: `anywhere`, or `value` for one that is the whole of a text in quotes, as data has it and prose has not.
Numbers published for tests don't count, nor does a bare number in JSON, which is taken for an identifier.
Result: the first such number; it is never told.
Example: `{http.response.body|detects_cards: value}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.payment_cards import CANDIDATE, cards
from edgeguard.waf.detectors.quoted import is_quoted
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.pattern import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.expression import Span


class DetectsCards(ValueOperator):
    """Linear: each run of digits is looked at once."""

    secret = True

    def __init__(self, argument: object) -> None:
        if argument not in ("anywhere", "value"):
            raise Refused(f"detects_cards takes `anywhere` or `value`, not {argument!r}")
        self._alone = argument == "value"
        gate = compile_pattern(CANDIDATE).gate
        self.gate = None if gate is None else (gate,)

    def find(self, value: bytes) -> Span | None:
        return next(self.spans(value), None)

    def spans(self, value: bytes) -> Iterator[Span]:
        found = cards(value)
        return (span for span in found if is_quoted(value, span)) if self._alone else found
