r"""`@verifySSN`: the value has a US social security number: one that the pattern finds, and that may have been given out.

Argument: a pattern in PCRE's syntax. What it finds may hold other octets than digits; they don't count.
Result: the first such number.
Example: `SecRule RESPONSE_BODY "@verifySSN \d{3}-?\d{2}-?\d{4}" "id:1,phase:4,deny"`
"""

from __future__ import annotations

from itertools import pairwise

from edgeguard.waf.operators.seclang.number_in_text import VerifiedNumber

_AREAS = 740  # given out before numbers were drawn by lot, which is what ModSecurity takes


class VerifySSN(VerifiedNumber):
    """Nine digits: no part all zero, no area that was never given out, not nine equal digits or nine in a row."""

    def in_order(self, digits: list[int]) -> bool:
        if len(digits) != 9:
            return False
        steps = {following - digit for digit, following in pairwise(digits)}
        if steps in ({0}, {1}):
            return False
        area = digits[0] * 100 + digits[1] * 10 + digits[2]
        return 0 < area < _AREAS and area != 666 and any(digits[3:5]) and any(digits[5:])
