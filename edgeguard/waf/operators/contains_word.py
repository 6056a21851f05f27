"""`contains_word`: the text occurs as a word: no ASCII letter, digit or underscore touches it where it begins and ends with one.

Arguments: texts; one of them must occur, with `|all` each of them.
Result: where the first one occurs.
Example: `{http.user_agent|lowercase|contains_word: [sqlmap, nikto]}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.operators.arguments import as_text
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span

_WORD = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"


class ContainsWord(ValueOperator):
    """Each place of the text is looked at once; the gate looks for the text alone."""

    def __init__(self, argument: object) -> None:
        self.text = as_text(argument)
        self.gate = (Expression(literal(self.text)),)
        self._left = self.text[:1] in _WORD
        self._right = self.text[-1:] in _WORD

    def find(self, value: bytes) -> Span | None:
        at = value.find(self.text)
        while at >= 0:
            end = at + len(self.text)
            left = self._left and at > 0 and value[at - 1] in _WORD
            right = self._right and end < len(value) and value[end] in _WORD
            if not left and not right:
                return at, end
            at = value.find(self.text, at + 1)
        return None
