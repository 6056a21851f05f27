"""All actions by name. Those with an effect of their own are compiled here; the others are parts of a rule, for the reader."""

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
IGNORED = frozenset(
    {"append", "deprecatevar", "exec", "pause", "prepend", "proxy", "sanitisearg", "sanitisematched", "sanitisematchedbytes",
     "sanitiserequestheader", "sanitiseresponseheader", "sanitizearg", "sanitizematched", "sanitizematchedbytes",
     "sanitizerequestheader", "sanitizeresponseheader", "xmlns"}
)  # fmt: skip
"""Known, without effect: values are masked by EdgeGuard's own rules, and rules start no programs and change no bodies."""


def make_effect(name: str, argument: str | None) -> Effect:
    """The compiled action.

    Raises:
        Refused: nobody knows it, or its argument makes no sense.
    """
    if name in IGNORED:
        return Nothing(name)
    if name in OPENS:
        return set_id(name, argument or "")
    make = _MADE.get(name)
    if make is None:
        raise Refused(unknown("action", name, {*_MADE, *OPENS, *IGNORED}))
    if not argument:
        raise Refused(f"{name} needs an argument")
    return make(argument)
