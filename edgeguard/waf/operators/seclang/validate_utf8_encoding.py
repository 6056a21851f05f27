"""`@validateUtf8Encoding`: the value is no UTF-8 (RFC 3629): octets out of place or missing, overlong forms, surrogates.

Argument: none; what stands there is ignored.
Result: the first octets that are in no character.
Example: `SecRule ARGS "@validateUtf8Encoding" "id:1,phase:2,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class ValidateUtf8Encoding(ValueOperator):
    """What is beyond U+10FFFF is no character either, other than in ModSecurity."""

    def __init__(self, _argument: bytes = b"") -> None:
        """Nothing to read."""

    def find(self, value: bytes) -> Span | None:
        if value.isascii():
            return None
        try:
            value.decode("utf-8")
        except UnicodeDecodeError as error:
            return error.start, error.end
        return None
