r"""`detects_command`: the value would go on with a command of its own if it were put into a shell's or cmd.exe's command line.

Arguments: the least confidence, `low`, `medium` or `high`; with `early` behind it, only where no article stands before it.
Result: from the sign that ends the line's own command on.
Example: `{http.request.any|decode_all|cmd_line|detects_command: high}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.command import detect_command
from edgeguard.waf.detectors.command_gate import GATE
from edgeguard.waf.detectors.finding import wanted
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Expression, Span


class DetectsCommand(ValueOperator):
    """Linear in the value's length; see `detectors.command`, and `detectors.command_gate` for why the gate misses nothing."""

    gate: tuple[Expression, ...] | None = GATE

    def __init__(self, argument: object) -> None:
        self._wanted = wanted("detects_command", argument)

    def find(self, value: bytes) -> Span | None:
        return self._wanted.span(detect_command(value), value)
