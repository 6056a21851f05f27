"""`equals`: the value is just this text. What a field means that names no operator.

Arguments: texts or numbers; one of them must be equal.
Result: the whole value.
Example: `{http.request.method|equals: TRACE}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.arguments import as_bytes
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Equals(ValueOperator):
    """Compares bytes; the empty text has no gate."""

    def __init__(self, argument: object) -> None:
        self.text = as_bytes(argument)
        self.gate = (Expression(b"^" + literal(self.text)),) if self.text else None

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if value == self.text else None
