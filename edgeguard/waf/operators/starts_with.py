"""`starts_with`: the value begins with the text.

Arguments: texts; one of them must be there.
Result: the beginning.
Example: `{http.request.path|starts_with: /admin}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.arguments import as_text
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class StartsWith(ValueOperator):
    """Compares bytes."""

    def __init__(self, argument: object) -> None:
        self.text = as_text(argument)
        self.gate = (Expression(b"^" + literal(self.text)),)

    def find(self, value: bytes) -> Span | None:
        return (0, len(self.text)) if value.startswith(self.text) else None
