"""`@containsWord`: the text occurs with nothing before and behind it that makes it part of a word.

Argument: a text; its case counts. ASCII letters make words; digits and underscores don't.
Result: where it first occurs so.
Example: `SecRule ARGS "@containsWord select" "id:1,phase:2,deny,t:lowercase"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class ContainsWord(ValueOperator):
    """Unlike in YAML, neighbours count whatever the text itself begins and ends with; the empty text is in every value."""

    def __init__(self, argument: bytes) -> None:
        self.text = argument
        self.gate = (Expression(literal(argument), 0),) if argument else None

    def find(self, value: bytes) -> Span | None:
        text = self.text
        if not text:
            return 0, 0
        at = value.find(text)
        while at >= 0:
            end = at + len(text)
            if (at == 0 or value[at - 1] not in _LETTERS) and (end == len(value) or value[end] not in _LETTERS):
                return at, end
            at = value.find(text, at + 1)
        return None
