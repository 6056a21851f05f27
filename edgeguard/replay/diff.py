"""What differs between two sides, added up as requests pass by: counts, and a few examples of each kind and rule."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from edgeguard.observe.samples.masking import Masker
from edgeguard.replay.judgement import PASS, Held, Judgement
from edgeguard.waf.mask import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.observe.samples.recorded import Recorded, Then

Kind = Literal["newly_blocked", "newly_passed", "newly_shadowed", "score_moved", "told_otherwise"]
KINDS: Final[tuple[Kind, ...]] = ("newly_blocked", "newly_passed", "newly_shadowed", "score_moved", "told_otherwise")
THRESHOLD: Final = "threshold"  # stands for a rule where the same rules held, and the score that blocks is another
_TARGET: Final = 160  # octets of an example's target
_HELD: Final = 4  # rules of an example
_RULES: Final = 20_000  # whose figures are kept; a file may tell of any number of them
_OTHERS: Final = "others"


@dataclass(frozen=True, slots=True)
class Example:
    """A request, masked and cut, and what either side made of it."""

    id: str
    method: str
    target: str
    before: Judgement
    after: Judgement
    held: tuple[Held, ...]


@dataclass(slots=True)
class RuleDiff:
    """One rule: how many requests it held for on each side, and how many of a kind it is the reason of."""

    rule: str
    title: str = ""
    before: int = 0
    after: int = 0
    reason: dict[Kind, int] = field(default_factory=dict)
    examples: dict[Kind, list[Example]] = field(default_factory=dict)


@dataclass(slots=True)
class Tally:
    """What one side made of all requests."""

    passed: int = 0
    shadowed: int = 0
    blocked: int = 0
    refused: int = 0

    def add(self, judgement: Judgement) -> None:
        """Count one."""
        match judgement.outcome:
            case "pass":
                self.passed += 1
            case "shadow":
                self.shadowed += 1
            case "blocked":
                self.blocked += 1
            case _:
                self.refused += 1


class Diff:
    """See the module.

    Args:
        examples: how many are kept of each kind and rule.

    Attributes:
        requests: compared so far.
        uncompared: requests of which nobody knows what the other side makes: rules were not asked then.
        unsaid: requests whose verdict nobody recorded, where that is what is compared with.
        incomplete: requests that are not here as a whole, so that rules see less than they did.
        masked: requests with masked values, in which rules can't find what they found then.
        kinds: how many requests differ in which way.
    """

    def __init__(self, examples: int = 3) -> None:
        self._examples = examples
        self.requests = self.uncompared = self.unsaid = self.incomplete = self.masked = 0
        self.before, self.after = Tally(), Tally()
        self.kinds: dict[Kind, int] = dict.fromkeys(KINDS, 0)
        self.rules: dict[str, RuleDiff] = {}

    def __repr__(self) -> str:
        return f"Diff({self.requests} requests, {', '.join(f'{count} {kind}' for kind, count in self.kinds.items())})"

    @property
    def empty(self) -> bool:
        """Whether no request differs."""
        return not any(self.kinds.values())

    def add(self, recorded: Recorded, before: Judgement | None, after: Judgement) -> None:
        """Compare one request; `before` is None where nobody knows."""
        self.requests += 1
        self.incomplete += not recorded.complete
        self.masked += recorded.masked > 0
        self.after.add(after)
        self._count(after, earlier=False)
        if before is None:
            self.uncompared += 1
            return
        self.before.add(before)
        self._count(before, earlier=True)
        kind = _kind(before, after)
        if kind is None:
            return
        self.kinds[kind] += 1
        example: Example | None = None
        for rule in _reasons(kind, before, after):
            found = self._rule(rule)
            found.reason[kind] = found.reason.get(kind, 0) + 1
            kept = found.examples.setdefault(kind, [])
            if len(kept) < self._examples:
                example = example or _example(recorded, before, after)
                kept.append(example)

    def of_kind(self, kind: Kind) -> Sequence[RuleDiff]:
        """Rules that are the reason of this, the most frequent first."""
        found = [rule for rule in self.rules.values() if kind in rule.reason]
        return sorted(found, key=lambda rule: (-rule.reason[kind], rule.rule))

    def _rule(self, name: str) -> RuleDiff:
        if name not in self.rules and len(self.rules) >= _RULES:
            name = _OTHERS
        return self.rules.setdefault(name, RuleDiff(name))

    def _count(self, judgement: Judgement, *, earlier: bool) -> None:
        seen = set()
        for held in judgement.held:
            if held.rule in seen:
                continue
            seen.add(held.rule)
            rule = self._rule(held.rule)
            rule.title = rule.title or held.title
            rule.before += earlier
            rule.after += not earlier


def judged_then(then: Then | None) -> Judgement | None:
    """What was recorded as a judgement; None where rules were not asked then. What has no verdict was answered, and so passed."""
    if then is None:
        return PASS
    if then.verdict not in ("pass", "blocked", "shadow"):
        return None
    outcome: Literal["pass", "blocked", "shadow"] = "pass"
    if then.verdict == "blocked":
        outcome = "blocked"
    elif then.verdict == "shadow":
        outcome = "shadow"
    return Judgement(outcome, score=then.score, held=tuple(Held(rule) for rule in then.rules))


def _kind(before: Judgement, after: Judgement) -> Kind | None:
    if after.stopped != before.stopped:
        return "newly_blocked" if after.stopped else "newly_passed"
    if after.outcome != before.outcome and "shadow" in (after.outcome, before.outcome):
        return "newly_shadowed" if after.outcome == "shadow" else "newly_passed"
    if after.score != before.score:
        return "score_moved"
    same = after.rules == before.rules and after.outcome == before.outcome
    # What was recorded does not tell by which status.
    return None if same and (after.status == before.status or not before.status) else "told_otherwise"


def _reasons(kind: Kind, before: Judgement, after: Judgement) -> Sequence[str]:
    """Rules that hold on one side alone; where all hold on both, those that count on the side that blocks."""
    gained, lost = after.rules - before.rules, before.rules - after.rules
    if kind in ("newly_blocked", "newly_shadowed"):
        found = {held.rule for held in after.held if held.rule in gained and held.blocks}
        changed = _changed(after, before)
    elif kind == "newly_passed":
        found = {held.rule for held in before.held if held.rule in lost and held.blocks}
        changed = _changed(before, after)
    else:
        found, changed = set(gained | lost), _changed(after, before) | _changed(before, after)
    return sorted(found or changed) or [THRESHOLD]


def _changed(one: Judgement, other: Judgement) -> set[str]:
    """Rules that hold on both sides, and count otherwise."""
    known = {(held.rule, held.score, held.blocks) for held in other.held}
    return {held.rule for held in one.held if (held.rule, held.score, held.blocks) not in known}


def _example(recorded: Recorded, before: Judgement, after: Judgement) -> Example:
    target = printable(Masker().target(recorded.target)[:_TARGET])
    either = {held.rule: held for held in (*before.held, *after.held)}
    differing = [held for rule, held in either.items() if (rule in before.rules) != (rule in after.rules)]
    return Example(
        recorded.id, printable(recorded.method[:16]), target, before, after, tuple((differing or list(either.values()))[:_HELD])
    )
