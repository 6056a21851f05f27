"""Asks rules about one request: as configured, at all paranoia levels, and with what would let it pass, each really run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from edgeguard.cli.rules_request import read
from edgeguard.gateway.routes import RouteTable
from edgeguard.waf import Ruleset
from edgeguard.waf.explain.exclusion import from_told, smallest
from edgeguard.waf.explain.explanation import Exclusion, Explanation, Paranoia, Way, states
from edgeguard.waf.explain.levels import levels, score_up_to, threshold_of
from edgeguard.waf.explain.run import run
from edgeguard.waf.explain.writing import (
    as_pattern,
    as_route,
    as_yaml,
    at_load_time,
    at_run_time,
    exclusions,
    free_id,
    shadowed,
)
from edgeguard.waf.seen import Seen
from edgeguard.waf.targets.registry import EXTRACTORS
from edgeguard.waf.targets.sources import Source as List

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edgeguard.cli.rules_source import Source
    from edgeguard.waf.explain.explanation import Refusal
    from edgeguard.waf.explain.given import Given
    from edgeguard.waf.explain.run import Outcome, Pair, Read
    from edgeguard.waf.explain.trace import Found
    from edgeguard.waf.seclang.syntax import SecRule


def explained(source: Source, given: Given) -> Explanation:
    """What the rules of `source` make of a request.

    Raises:
        RulesError: they don't load.
    """
    desk = _Desk(source, given)
    crs = source.settings.crs
    paranoia = None if crs is None else Paranoia(crs.paranoia, max(crs.paranoia, crs.detection_paranoia or 0))
    every = source if paranoia is None or paranoia.detection == 4 else source.with_crs(detection_paranoia=4)
    whole = desk.run(desk.ruleset if every is source else every.ruleset())
    outcome = desk.run(desk.ruleset, stops=True)
    threshold = threshold_of(whole.variables, 0 if crs is None else crs.threshold)
    mode, notes = _mode(source, desk.read, desk.refusal)
    return Explanation(
        given=given,
        read=desk.read,
        refusal=desk.refusal,
        outcome=outcome,
        found=states(_worth_telling(whole), outcome.found, paranoia),
        threshold=threshold,
        score=score_up_to(whole.variables, 4 if paranoia is None else paranoia.blocking),
        own_threshold=source.settings.threshold,
        own_score=sum(each.score for each in outcome.found if each.language == "edgeguard" and not each.shadow),
        paranoia=paranoia,
        levels=() if paranoia is None else levels(whole.found, whole.variables, threshold),
        exclusion=desk.exclusion(outcome, {"seclang": threshold, "edgeguard": source.settings.threshold}),
        mode=mode,
        notes=notes,
    )


def _worth_telling(outcome: Outcome) -> list[Found]:
    return [each for each in outcome.found if each.reports or each.blocks or (each.score and not each.sums_up)]


def _mode(source: Source, request: Read, refusal: Refusal | None) -> tuple[str, tuple[str, ...]]:
    """How rules act on this request, and what to say of it."""
    if source.config is None or refusal is not None:
        return source.mode, ()
    route = RouteTable(source.config).find(request.request)
    if route.waf == "enforce":
        return route.waf, (f"it takes the route {route.name}",) if source.config.routes else ()
    said = "nothing is inspected there" if route.waf == "off" else "what is blocked below is only recorded there"
    return route.waf, (f"it takes the route {route.name}, where rules are in the mode {route.waf}: {said}",)


class _Desk:
    """A request and the rules as configured."""

    def __init__(self, source: Source, given: Given) -> None:
        self._source = source
        self._given = given
        self._texts: Mapping[int, SecRule] = source.texts()
        self.ruleset = source.ruleset()
        self.read, self.refusal = read(given, None if source.config is None else source.config.wire)
        config = source.config
        self.route = "default" if config is None else RouteTable(config).find(self.read.request).name

    def run(self, ruleset: Ruleset, *, stops: bool = False, without: Sequence[Pair] = ()) -> Outcome:
        return run(ruleset, self.read, self._texts, stops=stops, without=without, route=self.route)

    def exclusion(self, outcome: Outcome, thresholds: dict[str, int]) -> Exclusion | None:
        """What would let the request pass; None where it does."""
        crs = self._source.settings.crs
        level = 4 if crs is None else crs.paranoia
        if self._given.told:  # what blocked it then is not what the rest of it comes to now
            pairs = from_told(self._given.told, self.ruleset, thresholds, level)
            return Exclusion(pairs, tuple(self._ways(pairs, tries=False))) if pairs else None
        if not outcome.verdict.would_block:
            return None
        found = smallest(lambda without: self.run(self.ruleset, without=without), thresholds, level)
        if not found:
            settings = any(match.rule.startswith("eg-0") for match in outcome.verdict.matches)
            decides = (
                "waf.on_unparsable or waf.on_oversize decides" if settings else "what blocks looks at nothing of the request"
            )
            return Exclusion(why=f"no rule that could be left out lets it pass; {decides}")
        return Exclusion(found, tuple(self._ways(found, tries=True)))

    def _ways(self, pairs: Sequence[Pair], *, tries: bool) -> Iterator[Way]:
        own = frozenset(pair.rule for pair in pairs if pair.language == "edgeguard")
        scripted = [pair for pair in pairs if pair.language == "seclang"]
        path = self._path()

        def with_script(text: str, *, first: bool) -> bool | None:
            if not tries:
                return None
            with self._source.with_script(text, first=first) as changed:
                return self._passes(changed, own)

        both = ", together with the status below" if own else ""
        entries = exclusions(pairs, [as_pattern(self.read.request.path)])
        tried = self._passes(self._source.with_exclusions(entries), frozenset()) if tries else None
        yield Way("yaml", "in the configuration, for this path and all below it", as_yaml(entries), tried)
        if scripted:
            text = at_run_time(scripted, path, free_id(rule.number for rule in self.ruleset.chains))
            tried = with_script(text, first=True)
            yield Way("seclang", f"in SecLang, for paths that begin so; read before the rules{both}", text, tried)
            text = at_load_time(scripted)
            yield Way("seclang_everywhere", f"in SecLang, for every path{both}", text, with_script(text, first=False))
        if own:
            text = shadowed(rule for rule in self.ruleset.rules if rule.id in own)
            title = "in the files of rules, for every path: told from then on, and no longer blocking"
            yield Way("status", title, text, tried if scripted else self._passes(self._source, own) if tries else None)
            if path == "/":  # which is all of the site
                return
            passes = not self.run(self.ruleset).verdict.blocked if tries else None
            yield Way("route", "in the configuration: no rule blocks on this path and below it", as_route(path), passes)

    def _passes(self, source: Source, own: frozenset[str]) -> bool:
        """Whether the request passes by rules that are loaded anew, those of EdgeGuard's own in `own` in shadow."""
        loaded = source.ruleset()
        if own:
            rules = [replace(rule, status="shadow") if rule.id in own else rule for rule in loaded.rules]
            loaded = Ruleset(rules, source.settings, chains=loaded.chains, seclang=loaded.seclang, gates=False)
        return not self.run(loaded, stops=True).verdict.would_block

    def _path(self) -> str:
        """The path as rules see it in REQUEST_FILENAME."""
        pairs = EXTRACTORS[List.FILENAME](Seen(self.read.request, self.read.client))
        return next((value for _, value in pairs), b"/").decode("utf-8", "surrogateescape")
