r"""`@verifyCC`: the value has the number of a credit card: one that the pattern finds, and whose last digit is right (Luhn).

Argument: a pattern in PCRE's syntax. What it finds may hold other octets than digits; they don't count.
Result: the first such number.
Example: `SecRule RESPONSE_BODY "@verifyCC \d{13,16}" "id:1,phase:4,deny,capture"`
"""

from __future__ import annotations

from edgeguard.waf.operators.seclang.number_in_text import VerifiedNumber


class VerifyCC(VerifiedNumber):
    """ISO/IEC 7812-1, annex B."""

    def in_order(self, digits: list[int]) -> bool:
        doubled = [digit * 2 - 9 * (digit > 4) for digit in digits[-2::-2]]
        return bool(digits) and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0
