"""`expirevar`: lets a variable of a persistent collection end after some time.

Argument: `collection.name=seconds`; both may hold macros.
Result: once the time is over, the variable is not there.
Example: `expirevar:ip.blocked=600`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.actions.effect import Effect, Writes
from edgeguard.waf.actions.setvar import COLLECTIONS, NONE
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.leading_number import leading_number
from edgeguard.waf.seclang.macros import Template, parse_template

if TYPE_CHECKING:
    from edgeguard.waf.actions.effect import Scope


@dataclass(frozen=True, slots=True)
class ExpireVar(Effect):
    """An end set."""

    collection: str = ""
    key: Template = NONE
    seconds: Template = NONE

    def apply(self, scope: Scope) -> None:
        scope.expire(self.collection, self.key.expand(scope.look).lower(), leading_number(self.seconds.expand(scope.look)))


def expirevar(argument: str) -> ExpireVar:
    """What `collection.name=seconds` means.

    Raises:
        Refused: a part is missing, or the collection is none.
    """
    name, equals, seconds = argument.strip().partition("=")
    collection, dot, key = name.strip().partition(".")
    if not dot or not key or not equals or collection.upper() not in COLLECTIONS:
        raise Refused(f"expirevar: '{argument}' is not collection.name=seconds, such as ip.blocked=600")
    where = parse_template(key.lower())
    limit = parse_template(seconds.strip())
    writes = Writes(collection.upper(), where.constant or b"", exact=where.constant is not None)
    return ExpireVar("expirevar", (where, limit), writes, None, collection.upper(), where, limit)
