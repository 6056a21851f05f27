"""`in`: the value is one of a list; for lists too long for `equals`.

Arguments: texts or numbers.
Result: the whole value.
Example: `{http.request.method|in: [TRACE, TRACK, CONNECT]}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.arguments import as_text
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.expression import Span


class In(ValueOperator):
    """One look-up in a set."""

    def __init__(self, arguments: Sequence[object]) -> None:
        self.texts = frozenset(map(as_text, arguments))
        self.gate = tuple(Expression(b"^" + literal(text)) for text in sorted(self.texts))

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if value in self.texts else None
