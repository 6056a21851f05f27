"""`@gt`: the number that the value begins with is greater than the other.

Argument: a number; what is none counts as 0, as do values that begin with none.
Result: the whole value.
Example: `SecRule REQUEST_HEADERS:Content-Length "@gt 1000000" "id:1,phase:2,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.seclang.leading_number import Comparison, leading_number

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Gt(Comparison):
    """Asked mostly of counts and scores."""

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if leading_number(value) > self.bound else None
