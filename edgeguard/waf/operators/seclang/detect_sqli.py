"""`@detectSQLi`: the value would go on as SQL if it were put into a statement, bare or inside quotes.

Arguments: none.
Result: from the place where the value leaves its quotes to the last token that was read; `capture` puts the names of what was
seen into TX:0.
Example: `SecRule ARGS "@detectSQLi" "id:1,phase:2,deny,t:urlDecodeUni,capture"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.sql import detect_sql
from edgeguard.waf.operators.detects_sql import DetectsSql
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.pattern import Expression, Span


class DetectSqli(ValueOperator):
    """Linear in the value's length; see `detectors.sql` for the grammar, and `DetectsSql` for why the gate misses nothing."""

    gate: tuple[Expression, ...] | None = DetectsSql.gate

    def __init__(self, _argument: object = "") -> None:
        """Whatever is written behind the name is ignored."""

    def find(self, value: bytes) -> Span | None:
        found = detect_sql(value)
        return None if found is None else found.span

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        """The fingerprint: what was seen, in order."""
        found = detect_sql(value)
        return () if found is None else (found.fingerprint.encode(),)
