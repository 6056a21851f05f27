r"""`detects_sql`: the value would go on as SQL if it were put into a statement, bare or inside quotes.

Arguments: the least confidence, `low`, `medium` or `high`; with `early` behind it, only where no article stands before it.
Result: from the place where the value leaves its quotes (0 where it stands bare) to the last token that was read.
Example: `{http.request.query.values|url_decode_uni|detects_sql: high}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import wanted
from edgeguard.waf.detectors.sql import detect_sql
from edgeguard.waf.detectors.sql_gate import GATE
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Expression, Span


class DetectsSql(ValueOperator):
    """Linear in the value's length; see `detectors.sql` for the grammar, `detectors.sql_gate` for why the gate misses nothing."""

    gate: tuple[Expression, ...] | None = GATE

    def __init__(self, argument: object) -> None:
        self._wanted = wanted("detects_sql", argument)

    def find(self, value: bytes) -> Span | None:
        return self._wanted.span(detect_sql(value), value)
