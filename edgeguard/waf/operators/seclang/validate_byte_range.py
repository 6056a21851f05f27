"""`@validateByteRange`: the value has an octet outside these.

Argument: octets and ranges of octets as numbers, with commas between: `9,10,13,32-126`.
Result: the first octet outside.
Example: `SecRule ARGS "@validateByteRange 9,10,13,32-126,128-255" "id:1,phase:2,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.operators.seclang.leading_number import leading_number

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class ValidateByteRange(ValueOperator):
    """Takes the octets out of the value that are allowed, and looks whether any is left."""

    def __init__(self, argument: bytes) -> None:
        allowed = bytearray()
        for part in filter(None, argument.split(b",")):
            first, hyphen, last = part.partition(b"-")
            low = leading_number(first)
            high = leading_number(last) if hyphen else low
            if not 0 <= low <= high <= 255:
                raise Refused(f"'{part.decode('utf-8', 'replace')}' is no range of octets; they go from 0 to 255")
            allowed += bytes(range(low, high + 1))
        self.allowed = bytes(allowed)

    def find(self, value: bytes) -> Span | None:
        left = value.translate(None, self.allowed)
        if not left:
            return None
        at = value.index(left[0])
        return at, at + 1
