"""`@streq`: the value is just this text.

Argument: a text; its case counts. It may be empty.
Result: the whole value.
Example: `SecRule REQUEST_METHOD "@streq TRACE" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.equals import Equals


class StrEq(Equals):
    """As `equals`, for texts only."""

    def __init__(self, argument: bytes) -> None:
        self.text = argument
        self.gate = (Expression(b"^" + literal(argument) + b"\\n", 1),) if argument else None
