r"""`runs_script`: the value, shown as HTML, would run script; for what editors write, where markup as such is no attack.

Arguments: the least confidence, `low`, `medium` or `high`; with `outside code` behind it, what stands in `pre` and `code` counts
for one less.
Result: the tag that does it.
Example: `{http.request.content_fields.html|runs_script: high}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.active_html import detect_active
from edgeguard.waf.detectors.finding import RANKS
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class RunsScript(ValueOperator):
    """Linear in the value's length. It has no gate: it is asked of what editors write alone, and looks for its marks itself."""

    def __init__(self, argument: object) -> None:
        least, _, where = argument.partition(" ") if isinstance(argument, str) else ("", "", "")
        rank = RANKS.get(least)
        if not rank or where not in ("", "outside code"):
            text = "the least confidence is expected, low, medium or high, perhaps with `outside code`"
            raise Refused(f"runs_script: {text}, not {argument!r}")
        self._rank = rank
        self._spare_code = bool(where)

    def find(self, value: bytes) -> Span | None:
        """Where the tag stands."""
        found = detect_active(value, spare_code=self._spare_code)
        return None if found is None or RANKS[found.confidence] < self._rank else found.span
