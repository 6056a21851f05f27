"""The operator of a rule as it is written: `!@rx ^a`. Whether its name is known is the compiler's business."""

from __future__ import annotations

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.syntax import Operation
from edgeguard.waf.seclang.words import first_word, shown

_BLANK = " \t"


def operation(text: str) -> Operation:
    """An operator with its argument; without a name it is `rx`.

    Raises:
        Refused: there is an `@` without a name.
    """
    rest = text.lstrip(_BLANK)
    negated = rest.startswith("!")
    if negated:
        rest = rest[1:].lstrip(_BLANK)
    if not rest.startswith("@"):
        return Operation("rx", rest, negated)
    name, argument = first_word(rest[1:])
    if not name:
        raise Refused(f"an operator's name was expected behind '@', as in '@rx {shown(argument)}'")
    return Operation(name.lower(), argument.lstrip(_BLANK), negated)
