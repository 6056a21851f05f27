"""`@pm`: one of the phrases occurs in the value, whatever their case.

Argument: phrases with blanks between; octets may stand between bars, in hexadecimal: `a|00|b`. A blank
that comes of one parts phrases, too.
Result: where the phrase stands that ends first; `capture` puts it into TX:0 as it is written in the rule.
Example: `SecRule REQUEST_HEADERS:User-Agent "@pm sqlmap nikto" "id:1,phase:1,deny"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.operators.seclang.phrases import Phrases

if TYPE_CHECKING:
    from edgeguard.waf.databases import Databases
    from edgeguard.waf.expression import Span

_HEX = b"0123456789abcdefABCDEF"
_ESCAPED = b':;\\"'


class PhraseMatch(ValueOperator):
    """What `@pm` and `@pmFromFile` share. The gate looks for each phrase, so that what it finds is there."""

    phrases: Phrases

    def prepare(self, databases: Databases | None) -> None:
        self.phrases.prepare(databases)

    def find(self, value: bytes) -> Span | None:
        return self.phrases.find(value)

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        span = self.phrases.find(value)
        return () if span is None else (self.phrases.written(value[slice(*span)]),)


class Pm(PhraseMatch):
    """Linear in the value's length, with however many phrases."""

    def __init__(self, argument: bytes) -> None:
        phrases = _unescaped(argument).split()
        if not phrases:
            raise Refused("pm needs phrases, with blanks between")
        self.phrases = Phrases(phrases)
        self.gate = self.phrases.expressions


def _unescaped(argument: bytes) -> bytes:
    """The argument with its hexadecimal parts and escapes undone; as it stands where one of them makes no sense."""
    text = argument.strip(b" \t")
    if len(text) >= 2 and text[:1] == text[-1:] == b'"':
        text = text[1:-1]
    parts = text.split(b"|")
    out = bytearray()
    for place, part in enumerate(parts):
        if place % 2:
            if part.strip(_HEX) or len(part) % 2:
                return argument
            out += bytes.fromhex(part.decode("ascii"))
            continue
        at = 0
        while (slash := part.find(b"\\", at)) >= 0:
            escaped = part[slash + 1 : slash + 2]
            if not escaped or escaped not in _ESCAPED:
                return argument
            out += part[at:slash] + escaped
            at = slash + 2
        out += part[at:]
    return bytes(out) or argument
