"""`initcol`: opens a record of a persistent collection, whose variables outlive the request.

Argument: `collection=key`; the collection is `ip`, `global`, `session`, `user` or `resource`, the key may hold macros.
Result: variables of the collection are read from, and written to, the record of that key.
Example: `initcol:ip=%{remote_addr}`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.actions.effect import Effect, Writes
from edgeguard.waf.actions.setvar import NONE
from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.seclang.macros import Template, parse_template

if TYPE_CHECKING:
    from edgeguard.waf.actions.effect import Scope

PERSISTENT = ("IP", "GLOBAL", "SESSION", "USER", "RESOURCE")


@dataclass(frozen=True, slots=True)
class InitCol(Effect):
    """A record opened."""

    collection: str = ""
    key: Template = NONE

    def apply(self, scope: Scope) -> None:
        scope.open(self.collection, self.key.expand(scope.look))


def initcol(argument: str) -> InitCol:
    """What `collection=key` opens.

    Raises:
        Refused: it has no key, or names no persistent collection.
    """
    name, equals, key = argument.partition("=")
    collection = name.strip().upper()
    if collection not in PERSISTENT:
        raise Refused("initcol: " + unknown("collection", name.strip().lower(), [each.lower() for each in PERSISTENT]))
    if not equals or not key.strip():
        raise Refused(f"initcol: {name} needs a key, such as {name}=%{{remote_addr}}")
    return opening("initcol", collection, parse_template(key.strip()))


def opening(action: str, collection: str, key: Template) -> InitCol:
    """The effect of opening `collection`."""
    return InitCol(action, (key,), Writes(collection, b"", exact=False), None, collection, key)
