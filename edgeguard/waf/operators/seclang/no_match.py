"""`@noMatch`: never holds.

Argument: none; what stands there is ignored.
Result: none.
Example: `SecRule ARGS "@noMatch" "id:1,phase:2,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class NoMatch(ValueOperator):
    """For rules that are to be there and do nothing."""

    def __init__(self, _argument: bytes = b"") -> None:
        """Nothing to read."""

    def find(self, value: bytes) -> Span | None:  # noqa: ARG002 - whatever it is
        return None
