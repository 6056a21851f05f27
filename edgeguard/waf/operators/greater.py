"""`greater`: the value is a whole number greater than this one.

Arguments: a number.
Result: the whole value.
Example: `{http.request.headers:content-length|greater: 1000000}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.arguments import as_number, number_in
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Greater(ValueOperator):
    """Values that are no decimal number don't count."""

    def __init__(self, argument: object) -> None:
        self.bound = as_number(argument)

    def find(self, value: bytes) -> Span | None:
        number = number_in(value)
        return (0, len(value)) if number is not None and number > self.bound else None
