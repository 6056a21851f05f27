"""`@detectXSS`: the value would run script if it were put into a page: as text, attribute, URL, script text or style.

Arguments: none.
Result: from where the value turns into code to the end of the tag, or 64 bytes on; `capture` puts it into TX:0.
Example: `SecRule ARGS "@detectXSS" "id:1,phase:2,deny,t:urlDecodeUni,t:htmlEntityDecode"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.script import detect_script
from edgeguard.waf.detectors.script_gate import GATE
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Expression, Span


class DetectXss(ValueOperator):
    """Linear in the value's length; see `detectors.script` for the grammar, `detectors.script_gate` for why none is missed."""

    gate: tuple[Expression, ...] | None = GATE

    def __init__(self, _argument: object = "") -> None:
        """Whatever is written behind the name is ignored."""

    def find(self, value: bytes) -> Span | None:
        found = detect_script(value)
        return None if found is None else found.span
