"""`@endsWith`: the value ends with the text.

Argument: a text; its case counts.
Result: the end.
Example: `SecRule REQUEST_FILENAME "@endsWith .bak" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators import ends_with


class EndsWith(ends_with.EndsWith):
    """As the operator of YAML; every value ends with the empty text."""

    def __init__(self, argument: bytes) -> None:
        self.text = argument
        self.gate = (Expression(literal(argument) + b"\\n", 1),) if argument else None
