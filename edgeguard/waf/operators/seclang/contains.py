"""`@contains`: the text occurs somewhere in the value.

Argument: a text; its case counts.
Result: where it first occurs.
Example: `SecRule REQUEST_LINE "@contains .php" "id:1,phase:1,deny,t:lowercase"`
"""

from __future__ import annotations

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators import contains


class Contains(contains.Contains):
    """As the operator of YAML; the empty text is in every value."""

    def __init__(self, argument: bytes) -> None:
        self.text = argument
        self.gate = (Expression(literal(argument), 0),) if argument else None
