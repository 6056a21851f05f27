"""The part `action` of a dynamic rule, and lengths of time as rules and people write them."""

from __future__ import annotations

from dataclasses import dataclass

from edgeguard.config.rule_faults import unknown
from edgeguard.dynamic.conditions import Wrong
from edgeguard.dynamic.model import ACTS, Act

DAY = 86_400.0
LONGEST = 366 * DAY
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": DAY, "w": 7 * DAY}
# What a repeater meets where a rule does not say: long enough to be of use, short enough to be forgiven.
LENGTHS = {"ban": (60.0, 600.0, 3600.0, DAY), "challenge": (600.0, 3600.0, DAY), "tighten": (60.0, 600.0, 3600.0)}
_QUIET = 60.0  # for which `log` says nothing more of the same


@dataclass(frozen=True, slots=True)
class Action:
    """See `Rule`."""

    act: Act
    lengths: tuple[float, ...]
    requests: int = 0
    seconds: float = 0.0


def seconds_of(value: object) -> float | None:
    """A length of time such as 90, `500ms`, `90s`, `5m`, `12h`, `7d`, in seconds; None for anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value) if value >= 0 else None
    if not isinstance(value, str):
        return None
    digits = value.rstrip("smhdw")
    size = _UNITS.get(value[len(digits) :])
    return None if size is None or not digits.isascii() or not digits.isdigit() or len(digits) > 9 else float(digits) * size


def words_of(seconds: float) -> str:
    """The same the other way, in two units at most: `1h 5m`."""
    whole = max(0, round(seconds))
    parts = []
    for unit, size in (("d", 86_400), ("h", 3600), ("m", 60), ("s", 1)):
        if whole >= size:
            parts.append(f"{whole // size}{unit}")
            whole %= size
    return " ".join(parts[:2]) or "0s"


def read_action(plain: object) -> Action:
    """What stands under `action`.

    Raises:
        Wrong: it is no action.
    """
    name, said = (plain, {}) if isinstance(plain, str) else (None, plain)
    if isinstance(said, dict) and len(said) == 1:
        ((name, said),) = said.items()
    if name not in ACTS or not isinstance(said, dict):
        raise Wrong(unknown("action", str(name or plain), ACTS))
    act: Act = name
    if act == "log":
        if said:
            raise Wrong("log needs nothing more")
        return Action(act, (_QUIET,))
    known = ("for", "requests", "seconds") if act == "tighten" else ("for",)
    for key in said:
        if key not in known:
            raise Wrong(unknown("key", str(key), known))
    lengths = _lengths(said["for"]) if "for" in said else LENGTHS[act]
    if act != "tighten":
        return Action(act, lengths)
    requests, seconds = said.get("requests"), seconds_of(said.get("seconds", 60))
    if not isinstance(requests, int) or isinstance(requests, bool) or not 1 <= requests <= 1_000_000:
        raise Wrong("tighten needs `requests`, a whole number, and `seconds`, in which so many pass")
    if seconds is None or not 1 <= seconds <= DAY:
        raise Wrong("seconds of tighten is a time from 1s to 1d")
    return Action(act, lengths, requests, seconds)


def _lengths(plain: object) -> tuple[float, ...]:
    values = plain if isinstance(plain, list) else [plain]
    found = [seconds_of(value) for value in values]
    if not 1 <= len(found) <= 16 or not all(value is not None and 1 <= value <= LONGEST for value in found):
        raise Wrong("`for` is a time or a list of times, such as [1m, 10m, 1h, 24h]; the last one stays")
    return tuple(value for value in found if value is not None)
