"""`less`: the value is a whole number less than this one.

Arguments: a number.
Result: the whole value.
Example: `{http.request.headers:content-length|less: 1000000}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.arguments import as_number
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.pattern import Span

_DIGITS = 18  # a longer number is none, so that reading one stays cheap


class Less(ValueOperator):
    """Values that are no decimal number don't count."""

    def __init__(self, argument: object) -> None:
        self.bound = as_number(argument)

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if value.isdigit() and len(value) <= _DIGITS and int(value) < self.bound else None
