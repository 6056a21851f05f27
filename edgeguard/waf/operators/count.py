"""`count`: the target has at least so many values.

Arguments: a number, 1 or more; with `not` before the selection it means fewer.
Result: the first value.
Example: `{http.request.headers:x-forwarded-for|count: 2}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.arguments import as_number
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Count(ValueOperator):
    """Asked of the list; more values can only make it hold."""

    of_list = True

    def __init__(self, argument: object) -> None:
        self.least = as_number(argument)
        if self.least < 1:
            raise Refused("count: every target has at least 0 values; write 1 or more")

    def find(self, value: bytes) -> Span | None:
        return 0, len(value)

    def holds(self, count: int) -> bool:
        return count >= self.least
