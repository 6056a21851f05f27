"""The actions that do something when a rule holds, by name. All others are parts of a rule; `seclang.known_actions` has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.actions.ctl import Nothing, ctl
from edgeguard.waf.actions.expirevar import expirevar
from edgeguard.waf.actions.initcol import initcol
from edgeguard.waf.actions.set_id import OPENS, set_id
from edgeguard.waf.actions.setenv import setenv
from edgeguard.waf.actions.setvar import setvar
from edgeguard.waf.faults import Refused, unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.actions.effect import Effect

_MADE: dict[str, Callable[[str], Effect]] = {
    "ctl": ctl,
    "expirevar": expirevar,
    "initcol": initcol,
    "setenv": setenv,
    "setvar": setvar,
}
_IDLE = frozenset({"xmlns"})  # prefixes in XPath stand for nothing yet


def make_effect(name: str, argument: str | None) -> Effect:
    """The compiled action.

    Raises:
        Refused: nobody knows it, or its argument makes no sense.
    """
    if name in _IDLE:
        return Nothing(name)
    if name in OPENS:
        return set_id(name, argument or "")
    make = _MADE.get(name)
    if make is None:
        raise Refused(unknown("action", name, {*_MADE, *OPENS, *_IDLE}))
    if not argument:
        raise Refused(f"{name} needs an argument")
    return make(argument)
