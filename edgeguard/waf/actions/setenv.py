"""`setenv`: sets a variable that later rules read as `ENV:name`. It is the transaction's own, never the process's.

Argument: `name=value`; the value may hold macros.
Result: `ENV:name` has the value.
Example: `setenv:blocked=1`
"""

from __future__ import annotations

from edgeguard.waf.actions.setvar import SetVar, assignment
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.macros import parse_template


def setenv(argument: str) -> SetVar:
    """What `name=value` sets.

    Raises:
        Refused: the name is missing.
    """
    name, equals, value = argument.strip().partition("=")
    if not name.strip():
        raise Refused(f"setenv: '{argument}' names no variable; write name=value")
    if name.startswith("!"):
        return assignment("ENV", parse_template(name[1:].strip().lower()), "remove", parse_template(""))
    return assignment("ENV", parse_template(name.strip().lower()), "set", parse_template(value if equals else "1"))
