"""`@validateUrlEncoding`: the value has a percent sign without two hexadecimal digits behind it.

Argument: none; what stands there is ignored.
Result: the first of them.
Example: `SecRule REQUEST_URI_RAW "@validateUrlEncoding" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span

_HEX = frozenset(b"0123456789abcdefABCDEF")


class ValidateUrlEncoding(ValueOperator):
    """Made for the URL as it came; a decoded one may hold any percent sign."""

    gate: tuple[Expression, ...] | None = (Expression(rb"%(?:[^0-9a-fA-F]|[0-9a-fA-F][^0-9a-fA-F])", 1),)

    def __init__(self, _argument: bytes = b"") -> None:
        """Nothing to read."""

    def find(self, value: bytes) -> Span | None:
        at = value.find(b"%")
        while at >= 0:
            digits = value[at + 1 : at + 3]
            if len(digits) < 2 or digits[0] not in _HEX or digits[1] not in _HEX:
                return at, at + 1 + len(digits)
            at = value.find(b"%", at + 3)
        return None
