"""`exists`: the target has a value at all, or has none.

Arguments: true or false.
Result: the first value.
Example: `{http.request.headers:x-http-method-override|exists: true}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Exists(ValueOperator):
    """Asked of the list."""

    of_list = True

    def __init__(self, argument: object) -> None:
        if not isinstance(argument, bool):
            raise Refused(f"exists takes true or false, not {argument!r}")
        self.wanted = argument

    def find(self, value: bytes) -> Span | None:
        return 0, len(value)

    def holds(self, count: int) -> bool:
        return (count > 0) is self.wanted
