"""`@detectSQLi`: the value would go on as SQL if it were put into a statement, bare or inside quotes.

Arguments: none.
Result: from the place where the value leaves its quotes to the last token that was read; `capture` puts the names of what was
seen into TX:0.
Example: `SecRule ARGS "@detectSQLi" "id:1,phase:2,deny,t:urlDecodeUni,capture"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.sql import detect_sql
from edgeguard.waf.expression import Expression
from edgeguard.waf.operators.detects_sql import DetectsSql
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.detectors.finding import Finding
    from edgeguard.waf.expression import Span


_FAINT = (
    rb"^[\x00-\x20\xa0\xc2]*(?:[-+]?(?:\.?[0-9]|@)|/\*|\*/).*(?:--|/\*|#)",
    rb"union[^a-z_].*select[^a-z_]",
    rb"declare(?:[^a-z_].*)?@",
    rb"waitfor[^a-z_]",
    rb"\*/[\x09-\x0d */]*[0-9.@]",
)


class DetectSqli(ValueOperator):
    """Linear in the value's length; see `detectors.sql` for the grammar, and `DetectsSql` for why the gate misses nothing.

    Of what is only asked here (`detectors.sql_faint`), a value between two texts begins with a quote and an operator, a
    condition with a logical operator, a statement follows a quote, which that gate sees; the rest has words of its own.
    """

    gate: tuple[Expression, ...] | None = (*(DetectsSql.gate or ()), *(Expression(b"(?i)" + text) for text in _FAINT))

    def __init__(self, _argument: object = "") -> None:
        """Whatever is written behind the name is ignored."""

    def find(self, value: bytes) -> Span | None:
        found = _detect(value)
        return None if found is None else found.span

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        """The fingerprint: what was seen, in order."""
        found = _detect(value)
        return () if found is None else (found.fingerprint.encode(),)


def _detect(value: bytes) -> Finding | None:
    """A whole path is nothing that could stand bare in a statement; its last piece may be, and is asked about by itself."""
    found = detect_sql(value)
    if found is not None and found.context == "bare" and value[:1] == b"/" and value[1:2].isalnum():
        return None
    return found
