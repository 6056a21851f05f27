"""`setvar`: sets, changes or removes a variable of a collection.

Argument: `collection.name=value`, `=+n` or `=-n` for arithmetic, `!collection.name` to remove it; without a value it is 1.
    Name and value may hold macros.
Result: the variable is there for all rules that follow; in `ip`, `global`, `session`, `user` and `resource` also later on.
Example: `setvar:'tx.inbound_anomaly_score_pl1=+%{tx.critical_anomaly_score}'`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.actions.effect import Effect, Writes
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.leading_number import leading_number
from edgeguard.waf.seclang.macros import Template, parse_template

if TYPE_CHECKING:
    from edgeguard.waf.actions.effect import Scope

COLLECTIONS = ("TX", "IP", "GLOBAL", "SESSION", "USER", "RESOURCE", "ENV")
NONE = Template(())
How = Literal["set", "add", "subtract", "remove"]


@dataclass(frozen=True, slots=True)
class SetVar(Effect):
    """One assignment."""

    collection: str = ""
    key: Template = NONE
    how: How = "set"
    value: Template = NONE

    def apply(self, scope: Scope) -> None:
        key = self.key.constant
        if key is None:
            key = self.key.expand(scope.look).lower()
        if self.how == "remove":
            scope.write(self.collection, key, None)
            return
        value = self.value.constant
        if value is None:
            value = self.value.expand(scope.look)
        if self.how != "set":
            change = leading_number(value)
            before = leading_number(scope.read(self.collection, key))
            value = b"%d" % (before + change if self.how == "add" else before - change)
        scope.write(self.collection, key, value)


def setvar(argument: str) -> SetVar:
    """The assignment that `argument` means.

    Raises:
        Refused: it names no variable, or no collection that can be written.
    """
    name, equals, value = argument.strip().partition("=")
    name = name.strip()
    how: How = "set"
    if name.startswith("!"):
        name, how = name[1:], "remove"
    collection, dot, key = name.partition(".")
    if not dot:
        collection, dot, key = name.partition(":")
    if not dot or not key:
        raise Refused(f"setvar: '{argument}' names no variable; write collection.name=value, such as tx.score=+5")
    if collection.upper() not in COLLECTIONS:
        known = ", ".join(sorted(each.lower() for each in COLLECTIONS))
        raise Refused(f"setvar: '{collection}' is no collection that can be written; known: {known}")
    if how == "set" and value[:1] in ("+", "-"):
        how = "add" if value[0] == "+" else "subtract"
        value = value[1:]
    return assignment(collection.upper(), parse_template(key.lower()), how, parse_template(value if equals else "1"))


def assignment(collection: str, key: Template, how: How, value: Template) -> SetVar:
    """The effect of a parsed assignment."""
    first = key.parts[0] if key.parts and isinstance(key.parts[0], bytes) else b""
    constant = key.constant
    writes = Writes(collection, first if constant is None else constant, exact=constant is not None)
    return SetVar("setvar", (key, value), writes, None, collection, key, how, value)
