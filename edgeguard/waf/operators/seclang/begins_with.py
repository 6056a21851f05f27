"""`@beginsWith`: the value begins with the text.

Argument: a text; its case counts.
Result: the beginning.
Example: `SecRule REQUEST_URI "@beginsWith /admin" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.starts_with import StartsWith


class BeginsWith(StartsWith):
    """As `starts_with`; the empty text is in every value."""

    def __init__(self, argument: bytes) -> None:
        self.text = argument
        self.gate = (Expression(b"^" + literal(argument), 0),) if argument else None
