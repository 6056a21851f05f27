r"""`@verifyCPF`: the value has a Brazilian taxpayer's number: one that the pattern finds, and whose last two digits are right.

Argument: a pattern in PCRE's syntax. What it finds may hold other octets than digits; they don't count.
Result: the first such number.
Example: `SecRule RESPONSE_BODY "@verifyCPF \d{3}\.\d{3}\.\d{3}-\d{2}" "id:1,phase:4,deny"`
"""

from __future__ import annotations

from edgeguard.waf.operators.seclang.number_in_text import VerifiedNumber

_LENGTH = 11


def _check(digits: list[int]) -> int:
    """The check digit behind these: weights count down to 2, modulo 11."""
    rest = sum(digit * weight for digit, weight in zip(digits, range(len(digits) + 1, 1, -1), strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


class VerifyCPF(VerifiedNumber):
    """Eleven times the same digit is no number that is given out."""

    def in_order(self, digits: list[int]) -> bool:
        number = digits[:_LENGTH]
        if len(number) != _LENGTH or len(set(number)) == 1:
            return False
        return number[9] == _check(number[:9]) and number[10] == _check(number[:10])
