"""`@within`: the value occurs somewhere in the text; mostly with `!`, for what is not in a list.

Argument: a text, often a list with marks around each entry: `|GET| |POST|`. Its case counts.
Result: the whole value. The empty value is in every text.
Example: `SecRule REQUEST_METHOD "!@within %{tx.allowed_methods}" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Within(ValueOperator):
    """A value longer than the text costs nothing; the gate could only look for all parts of the text, and has none."""

    def __init__(self, argument: bytes) -> None:
        self.text = argument

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if value in self.text else None
