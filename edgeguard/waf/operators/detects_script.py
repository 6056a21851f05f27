r"""`detects_script`: the value would run script if it were put into a page: as text, attribute, URL, script text or style.

Arguments: the least confidence, `low`, `medium` or `high`; with `early` behind it, only where no article stands before it.
Result: from where the value turns into code to the end of the tag, or 64 bytes on.
Example: `{http.request.query.values|url_decode_uni|detects_script: high}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import wanted
from edgeguard.waf.detectors.script import detect_script
from edgeguard.waf.detectors.script_gate import GATE
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Expression, Span


class DetectsScript(ValueOperator):
    """Linear in the value's length; see `detectors.script` for the grammar, `detectors.script_gate` for why none is missed."""

    gate: tuple[Expression, ...] | None = GATE

    def __init__(self, argument: object) -> None:
        self._wanted = wanted("detects_script", argument)

    def find(self, value: bytes) -> Span | None:
        return self._wanted.span(detect_script(value), value)
