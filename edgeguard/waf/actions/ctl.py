"""`ctl`: changes a setting, or leaves rules out, for the rest of this transaction.

Argument: `option=value`; the options are `ruleEngine`, `ruleRemoveById`, `ruleRemoveByTag`, `ruleRemoveByMsg`,
    `ruleRemoveTargetById`, `ruleRemoveTargetByTag`, `ruleRemoveTargetByMsg` (`id;TARGET`), `requestBodyProcessor`,
    `forceRequestBodyVariable`; those about logs, limits and access to bodies are taken and do nothing.
Result: what follows goes by it.
Example: `ctl:ruleRemoveTargetById=942100;ARGS:body`
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.actions.effect import Effect, Removal
from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.seclang.variable_list import variable_list
from edgeguard.waf.targets.seclang.selection import exclusion

if TYPE_CHECKING:
    from edgeguard.waf.actions.effect import Scope

_SETTINGS = {
    "ruleengine": ("on", "off", "detectiononly"),
    "requestbodyprocessor": ("urlencoded", "multipart", "json", "xml"),
    "forcerequestbodyvariable": ("on", "off"),
    "requestbodyaccess": ("on", "off"),
    "responsebodyaccess": ("on", "off"),
    "parsexmlintoargs": ("on", "off", "onlyargs"),
}
_REMOVALS = ("ruleremovebyid", "ruleremovebytag", "ruleremovebymsg")
_TARGET_REMOVALS = ("ruleremovetargetbyid", "ruleremovetargetbytag", "ruleremovetargetbymsg")
_IDLE = frozenset({"requestbodyaccess", "responsebodyaccess", "parsexmlintoargs"})  # what is looked at, the configuration says
IGNORED = frozenset(
    {"auditengine", "auditlogparts", "debugloglevel", "requestbodylimit", "responsebodylimit", "hashengine", "hashenforcement"}
)
"""Known, without effect here: EdgeGuard logs in its own way, and its limits are those of its configuration."""


@dataclass(frozen=True, slots=True)
class Control(Effect):
    """A setting changed."""

    option: str = ""
    value: str = ""

    def apply(self, scope: Scope) -> None:
        scope.control(self.option, self.value)


@dataclass(frozen=True, slots=True)
class Remove(Effect):
    """Rules or targets left out."""

    def apply(self, scope: Scope) -> None:
        if self.removal is not None:
            scope.remove(self.removal)


@dataclass(frozen=True, slots=True)
class Nothing(Effect):
    """An option without effect here."""

    def apply(self, scope: Scope) -> None:
        """Nothing to do."""


def ctl(argument: str) -> Effect:
    """What `option=value` does.

    Raises:
        Refused: nobody knows the option, or it does not take the value.
    """
    name, _, value = argument.partition("=")
    option, value = name.strip().lower(), value.strip()
    if option in IGNORED:
        return Nothing("ctl")
    if option in _REMOVALS:
        return Remove("ctl", removal=_removal(option, value))
    if option in _TARGET_REMOVALS:
        what, semicolon, targets = value.partition(";")
        if not semicolon or not targets.strip():
            raise Refused(f"ctl: {name} takes `what;TARGET`, such as 942100;ARGS:body")
        removal = _removal(option.replace("target", ""), what.strip())
        left_out = tuple(exclusion(variable) for variable in variable_list(targets))
        return Remove("ctl", removal=Removal(removal.ids, removal.tag, removal.message, left_out))
    choices = _SETTINGS.get(option)
    if choices is None:
        raise Refused("ctl: " + unknown("option", name, {*_SETTINGS, *_REMOVALS, *_TARGET_REMOVALS, *IGNORED}))
    if value.lower() not in choices:
        raise Refused("ctl: " + unknown(f"value of {name}", value, choices))
    if option in _IDLE:
        return Nothing("ctl")
    return Control("ctl", option=option, value=value.lower())


def _removal(option: str, value: str) -> Removal:
    if not value:
        raise Refused(f"ctl: {option} needs a value")
    if option == "ruleremovebytag":
        return Removal(tag=value)
    if option == "ruleremovebymsg":
        return Removal(message=value)
    return Removal(ids=id_ranges(value))


def id_ranges(text: str) -> tuple[tuple[int, int], ...]:
    """`942100`, `942100-942199`, or several of these parted by commas or blanks.

    Raises:
        Refused: one of them is no number.
    """
    ranges = []
    for piece in text.replace(",", " ").split():
        first, dash, last = piece.strip("'\"").partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise Refused(f"'{piece}' is neither a rule's id nor a range of ids such as 942100-942199")
        ranges.append((int(first), int(last) if dash else int(first)))
    return tuple(ranges)
