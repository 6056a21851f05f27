"""The two dials, mode and sensitivity, by pack and by route: settled once for each route when rules load.

Of two dials the nearer one counts: the route's for the pack, then for its family, then for all; then the general ones in the
same order. A dial asks for less than a rule's own status, never for more, and a route's or the general mode is above both. So a
transaction needs no more than two sets of rules, and none where nothing is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.config.model import Dial
from edgeguard.waf.faults import RuleFault, unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from edgeguard.config.model import Route, RouteWaf, Waf
    from edgeguard.waf.model import Rule

DEFAULT = "default"
"""The route of what no configured route takes."""


@dataclass(frozen=True, slots=True)
class Stance:
    """How rules act on one route, as far as it is not what their files say.

    Attributes:
        off: rules that are not asked.
        shadow: rules that are told, and block nothing.
    """

    off: frozenset[Rule] = frozenset()
    shadow: frozenset[Rule] = frozenset()


@dataclass(frozen=True, slots=True)
class Dials:
    """The dials of a whole configuration.

    Attributes:
        asked: rules that are asked on some route, in their order.
        stances: by route; none for a route on which all rules act as their files say.
    """

    asked: tuple[Rule, ...]
    stances: Mapping[str, Stance]


def settle_dials(rules: Sequence[Rule], settings: Waf, routes: Sequence[Route] = ()) -> Dials:
    """What the dials come down to.

    Args:
        rules: all that were read.
        settings: the general dials.
        routes: with theirs; one called `default` is always there.
    """
    live = [rule for rule in rules if rule.status in ("enforce", "shadow")]
    by_route: dict[str, dict[Rule, str]] = {}
    for name, route in ((DEFAULT, None), *((route.name, route.waf) for route in routes)):
        by_route[name] = {rule: _mode(rule, settings, route) for rule in live}
    asked = tuple(rule for rule in live if any(modes[rule] != "off" for modes in by_route.values()))
    stances: dict[str, Stance] = {}
    for name, modes in by_route.items():
        off = frozenset(rule for rule in asked if modes[rule] == "off")
        shadow = frozenset(rule for rule in asked if modes[rule] == "shadow" and rule.status == "enforce")
        if off or shadow:
            stances[name] = Stance(off, shadow)
    return Dials(asked, stances)


def unknown_packs(rules: Iterable[Rule], settings: Waf, routes: Iterable[Route] = ()) -> list[RuleFault]:
    """Dials of packs that nobody has."""
    known = {name for rule in rules for name in (rule.pack, family(rule.pack))}
    named = [("waf.packs", name) for name in settings.packs]
    named += [(f"routes.{route.name}.waf.packs", name) for route in routes if route.waf is not None for name in route.waf.packs]
    return [RuleFault(place, 1, unknown("pack", name, known)) for place, name in named if name not in known]


def family(pack: str) -> str:
    """`a03` of `a03-sql`; a pack without a hyphen is a family of its own."""
    return pack.partition("-")[0]


def _mode(rule: Rule, settings: Waf, route: RouteWaf | None) -> str:
    dials = tuple(_dials(rule.pack, settings, route))
    sensitivity = next((dial.sensitivity for dial in dials if dial.sensitivity is not None), "balanced")
    if rule.sensitivity == "strict" and sensitivity != "strict":
        return "off"
    mode = next((dial.mode for dial in dials if dial.mode is not None), "enforce")
    return rule.status if mode == "enforce" else mode


def _dials(pack: str, settings: Waf, route: RouteWaf | None) -> Iterator[Dial]:
    """All that say something about a pack, the nearest first. The mode of a whole route or of all is the transaction's."""
    if route is not None:
        yield from (route.packs[name] for name in (pack, family(pack)) if name in route.packs)
        yield Dial(sensitivity=route.sensitivity)
    yield from (settings.packs[name] for name in (pack, family(pack)) if name in settings.packs)
    yield Dial(sensitivity=settings.sensitivity)
