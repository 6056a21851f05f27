"""`@unconditionalMatch`: always holds.

Argument: none; what stands there is ignored.
Result: the whole value.
Example: `SecRule REMOTE_ADDR "@unconditionalMatch" "id:1,phase:1,pass,setvar:tx.seen=1"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class UnconditionalMatch(ValueOperator):
    """For each value that there is."""

    def __init__(self, _argument: bytes = b"") -> None:
        """Nothing to read."""

    def find(self, value: bytes) -> Span | None:
        return 0, len(value)
