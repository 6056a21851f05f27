"""Numbers that a pattern finds and a check digit confirms."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.pcre import compile_pcre

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span

_OVERLAP = 64  # octets, for each one of a value, that may be looked at in matches that overlap
_DIGITS = b"0123456789"


class VerifiedNumber(ValueOperator):
    """The first match of the pattern whose digits are in order.

    Matches may overlap: the next is looked for one octet on. In a value made to have many long ones, from some point on only
    those are looked at that don't.
    """

    def __init__(self, argument: bytes) -> None:
        if not argument:
            raise Refused("a pattern is needed that finds the number")
        self.pattern = compile_pcre(argument)
        self.gate = self.pattern.gate

    def in_order(self, digits: list[int]) -> bool:
        """Each operator's own."""
        raise NotImplementedError

    def find(self, value: bytes) -> Span | None:
        left = _OVERLAP * len(value)
        start = 0
        while start < len(value):
            spans = self.pattern.spans(value, start)
            if not spans:
                return None
            begin, end = spans[0]
            if self.in_order([octet - 48 for octet in value[begin:end] if octet in _DIGITS]):
                return begin, end
            left -= end - start
            start = begin + 1 if left > 0 else max(end, begin + 1)
        return None
