"""What a list of actions says: of a rule, of a SecDefaultAction, or of an update. Lists are laid over each other in `draft`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.seclang.action_list import action_list
from edgeguard.waf.seclang.known_actions import KNOWN, PHASES, SEVERITIES
from edgeguard.waf.seclang.syntax import Action
from edgeguard.waf.seclang.words import shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.seclang.action_list import Written
    from edgeguard.waf.seclang.known_actions import KnownAction
    from edgeguard.waf.seclang.words import Pairs

# Whose actions they are: some make no sense in a SecDefaultAction or an update.
Owner = Literal["rule", "default", "update"]

_FAULTS: Final = 50  # of one list; looking for nearest names takes its time
_DIGITS: Final = 18  # of an id: what 64 bits hold
_NOT_IN: Final[dict[Owner, frozenset[str]]] = {
    "rule": frozenset(),
    "default": frozenset({"id", "rev", "ver", "accuracy", "maturity", "chain", "skip", "skipafter", "xmlns"}),
    "update": frozenset({"id", "phase", "chain"}),
}
_OWNERS: Final[dict[Owner, str]] = {"rule": "a rule", "default": "a SecDefaultAction", "update": "an update"}
_MANY: Final = frozenset({"t", "tag", "setvar", "ctl", "expirevar", "initcol", "setenv", "xmlns"})


class Remark(NamedTuple):
    """Something to tell about a list: text, and where in it."""

    text: str
    at: int


@dataclass(slots=True)
class Said:
    """A list of actions; what is not said is None or empty.

    Attributes:
        disruptive: `block` is among them where it is a rule's; in a SecDefaultAction it means nothing.
        logging: names of `log`, `nolog`, `auditlog`, `noauditlog` in order.
        transformations: names in lower case, `none` among them.
        actions: those that the compiler binds.
        faults, notes: what is wrong, and what has no effect.
    """

    id: int | None = None
    phase: int | None = None
    disruptive: Action | None = None
    status: int | None = None
    skip: int = 0
    skip_after: str = ""
    severity: int | None = None
    message: str = ""
    logdata: str = ""
    version: str = ""
    revision: str = ""
    chained: bool = False
    capture: bool = False
    multi_match: bool = False
    tags: list[str] = field(default_factory=list)
    logging: list[str] = field(default_factory=list)
    transformations: list[str] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    faults: list[Remark] = field(default_factory=list)
    notes: list[Remark] = field(default_factory=list)


def said(text: str, owner: Owner = "rule", pairs: Pairs = "halved") -> Said:
    """What a list of actions says. Faults in single actions are among the result's `faults`.

    Raises:
        Misplaced: it is no list of actions.
    """
    result = Said()
    if not text.strip():
        return result
    seen: set[str] = set()
    for one in action_list(text, pairs):
        if len(result.faults) >= _FAULTS:
            break
        try:
            known = _known(one, owner)
            if one.name != "block" or owner != "default":
                _take(result, one, known)
        except Refused as error:
            result.faults.append(Remark(str(error), one.at))
            continue
        about = "a disruptive action" if known.sort == "disruptive" else known.name
        if about in seen and one.name not in _MANY and one.name != "block":
            result.notes.append(Remark(f"{about} stands twice; the last one holds", one.at))
        seen.add(about)
    return result


def _known(one: Written, owner: Owner) -> KnownAction:
    known = KNOWN.get(one.name)
    if known is None:
        if one.name.startswith("#"):
            raise Refused("a comment can't stand within a rule; write it above")
        raise Refused(unknown("action", shown(one.name), KNOWN))
    if one.name in _NOT_IN[owner]:
        raise Refused(f"{known.name} can't stand in {_OWNERS[owner]}")
    if known.sort == "refused":
        raise Refused(f"{known.name} is not taken: {known.says}")
    if known.argument == "must" and not one.argument:
        raise Refused(f"{known.name} needs something behind a colon")
    if known.argument == "none" and one.argument is not None:
        raise Refused(f"{known.name} takes nothing behind a colon; it has '{shown(one.argument)}'")
    return known


def _take(result: Said, one: Written, known: KnownAction) -> None:
    argument = one.argument or ""
    if known.sort == "noted":
        result.notes.append(Remark(f"{known.name} has no effect: {known.says}", one.at))
    elif known.sort == "run":
        if one.name == "xmlns" and "=" not in argument[1:-1]:
            raise Refused(f"a namespace is written xmlns:prefix=url, not '{shown(argument)}'")
        result.actions.append(Action(one.name, argument))
    elif known.sort == "disruptive":
        _disrupt(result, one.name, one.argument)
    else:
        _TAKERS[one.name](result, argument, one.name)


def _disrupt(result: Said, name: str, argument: str | None) -> None:
    if name == "allow" and argument is not None:
        argument = argument.lower()
        if argument not in ("phase", "request"):
            raise Refused(f"allow takes 'phase' or 'request' behind its colon, not '{shown(argument)}'")
    result.disruptive = Action(name, argument)


def number(text: str, what: str, least: int, most: int) -> int:
    """A whole number within bounds.

    Raises:
        Refused: it is none.
    """
    if text.isascii() and text.isdigit() and len(text) <= _DIGITS and least <= int(text) <= most:
        return int(text)
    raise Refused(f"{what} is a number from {least} to {most}, not '{shown(text)}'")


def _id(result: Said, argument: str, _: str) -> None:
    result.id = number(argument, "an id", 1, 10**_DIGITS - 1)


def _phase(result: Said, argument: str, _: str) -> None:
    phase = PHASES.get(argument.lower())
    if phase is None:
        raise Refused(f"a phase is 1 to 5, request, response or logging, not '{shown(argument)}'")
    result.phase = phase


def _severity(result: Said, argument: str, _: str) -> None:
    name = argument.lower()
    if name in SEVERITIES:
        result.severity = SEVERITIES.index(name)
    elif len(name) == 1 and name in "01234567":
        result.severity = int(name)
    else:
        raise Refused(unknown("severity", shown(name), SEVERITIES))


def _status(result: Said, argument: str, _: str) -> None:
    result.status = number(argument, "a status", 100, 599)


def _skip(result: Said, argument: str, _: str) -> None:
    result.skip = number(argument, "what is skipped", 1, 1_000_000)


def _transform(result: Said, argument: str, _: str) -> None:
    result.transformations.append(argument.lower())


def _tag(result: Said, argument: str, _: str) -> None:
    result.tags.append(argument)


def _log(result: Said, _: str, name: str) -> None:
    result.logging.append(name)


def _keeps(attribute: str) -> Callable[[Said, str, str], None]:
    return lambda result, argument, _: setattr(result, attribute, argument)


def _raises(attribute: str) -> Callable[[Said, str, str], None]:
    return lambda result, _, __: setattr(result, attribute, True)


def _drops(_: Said, __: str, ___: str) -> None:
    """For what is told nowhere."""


_TAKERS: Final[dict[str, Callable[[Said, str, str], None]]] = {
    "id": _id,
    "phase": _phase,
    "msg": _keeps("message"),
    "logdata": _keeps("logdata"),
    "severity": _severity,
    "tag": _tag,
    "rev": _keeps("revision"),
    "ver": _keeps("version"),
    "accuracy": _drops,
    "maturity": _drops,
    "status": _status,
    "chain": _raises("chained"),
    "skip": _skip,
    "skipafter": _keeps("skip_after"),
    "capture": _raises("capture"),
    "multimatch": _raises("multi_match"),
    "log": _log,
    "nolog": _log,
    "auditlog": _log,
    "noauditlog": _log,
    "t": _transform,
}
