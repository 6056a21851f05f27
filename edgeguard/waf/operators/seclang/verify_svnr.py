r"""`@verifySVNR`: the value has an Austrian social insurance number: one that the pattern finds, and whose fourth digit is right.

Argument: a pattern in PCRE's syntax. What it finds may hold other octets than digits; they don't count.
Result: the first such number.
Example: `SecRule RESPONSE_BODY "@verifySVNR \d{4} ?\d{6}" "id:1,phase:4,deny"`
"""

from __future__ import annotations

from edgeguard.waf.operators.seclang.number_in_text import VerifiedNumber

_WEIGHTS = (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)


class VerifySVNR(VerifiedNumber):
    """Ten digits, weighted, modulo 11; ten times the same one is no number that is given out."""

    def in_order(self, digits: list[int]) -> bool:
        number = digits[: len(_WEIGHTS)]
        if len(number) != len(_WEIGHTS) or len(set(number)) == 1:
            return False
        check = sum(digit * weight for digit, weight in zip(number, _WEIGHTS, strict=True)) % 11
        return check % 10 == number[3]
