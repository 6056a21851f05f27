"""Numbers as C's `atoi` reads them, which is how SecLang compares: what the text begins with, else 0."""

from __future__ import annotations

from edgeguard.waf.operators.protocol import ValueOperator

_DIGITS = 18  # more can't matter: no such number is less than one of these, and reading it would take long
_HUGE: int = 10**_DIGITS
_BLANK = b" \t\n\v\f\r"


def leading_number(text: bytes) -> int:
    """The whole number that `text` begins with, behind blanks and a sign; 0 where there is none. 10 to the 18th is the most."""
    if text.isdigit() and len(text) <= _DIGITS:
        return int(text)
    start = text.lstrip(_BLANK)[: 4 * _DIGITS]
    sign = -1 if start[:1] == b"-" else 1
    if start[:1] in (b"-", b"+"):
        start = start[1:]
    digits = start[: len(start) - len(start.lstrip(b"0123456789"))]
    if len(digits.lstrip(b"0")) > _DIGITS:
        return sign * _HUGE
    return sign * int(digits or b"0")


class Comparison(ValueOperator):
    """What the operators that compare numbers share: the number they compare with."""

    def __init__(self, argument: bytes) -> None:
        self.bound = leading_number(argument)
