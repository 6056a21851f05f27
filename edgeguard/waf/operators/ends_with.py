"""`ends_with`: the value ends with the text.

Arguments: texts; one of them must be there.
Result: the end.
Example: `{http.request.path|lowercase|ends_with: [.bak, .sql]}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.arguments import as_text
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class EndsWith(ValueOperator):
    """Compares bytes."""

    def __init__(self, argument: object) -> None:
        self.text = as_text(argument)
        self.gate = (Expression(literal(self.text)),)

    def find(self, value: bytes) -> Span | None:
        return (len(value) - len(self.text), len(value)) if value.endswith(self.text) else None
