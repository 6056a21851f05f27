"""`contains`: the text occurs somewhere in the value.

Arguments: texts; one of them must occur, with `|all` each of them.
Result: where the first one occurs.
Example: `{http.request.query.values|lowercase|contains|all: [union, select]}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.arguments import as_text
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Contains(ValueOperator):
    """Compares bytes."""

    def __init__(self, argument: object) -> None:
        self.text = as_text(argument)
        self.gate = (Expression(literal(self.text)),)

    def find(self, value: bytes) -> Span | None:
        at = value.find(self.text)
        return None if at < 0 else (at, at + len(self.text))
