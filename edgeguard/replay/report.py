"""A diff for people and for machines. All that is shown was masked before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from edgeguard.replay.diff import KINDS, THRESHOLD
from edgeguard.replay.gate import NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.replay.diff import Diff, Example, Kind, RuleDiff, Tally
    from edgeguard.replay.judgement import Judgement
    from edgeguard.replay.sources import Traffic

_VALUE: Final = 60  # characters of a matched value


def as_json(diff: Diff, traffic: Traffic, sides: tuple[str, str], exceeded: Sequence[str]) -> dict[str, Any]:
    """Everything, for `--json`."""
    return {
        "traffic": str(traffic.path),
        "requests": diff.requests,
        "uncompared": diff.uncompared,
        "unsaid": diff.unsaid,
        "unreadable": traffic.unreadable,
        "incomplete": diff.incomplete,
        "masked": diff.masked,
        "against": {"name": sides[0], **_tally(diff.before)},
        "rules": {"name": sides[1], **_tally(diff.after)},
        "empty": diff.empty,
        **{kind: {"requests": diff.kinds[kind], "by_rule": _by_rule(diff, kind)} for kind in KINDS},
        "matches": [
            {"rule": rule.rule, "title": rule.title, "before": rule.before, "after": rule.after}
            for rule in sorted(diff.rules.values(), key=lambda each: each.rule)
            if rule.before != rule.after
        ],
        "exceeded": list(exceeded),
    }


def lines(diff: Diff, traffic: Traffic, sides: tuple[str, str], most: int) -> Iterator[str]:
    """The same for people; of each kind the `most` frequent rules."""
    yield f"{_requests(diff.requests)} from {traffic.path}"
    for count, text in (
        (traffic.unreadable, "could not be read"),
        (diff.uncompared, "not compared: rules were not asked then"),
        (diff.unsaid, "without a verdict from then: taken for passed"),
        (diff.incomplete, "not here as a whole: rules see less of them than they did"),
        (diff.masked, "with masked values, in which rules find nothing now"),
    ):
        if count:
            yield f"  {_requests(count)} {text}"
    width = max(map(len, sides))
    yield ""
    yield f"  {'':<9}{'':<{width}}  {'blocked':>8} {'shadow':>8} {'passed':>8} {'refused':>8}"
    for what, name, tally in (("against", sides[0], diff.before), ("rules", sides[1], diff.after)):
        figures = f"{tally.blocked:>8,} {tally.shadowed:>8,} {tally.passed:>8,} {tally.refused:>8,}"
        yield f"  {what:<9}{name:<{width}}  {figures}"
    if diff.empty:
        yield ""
        yield "No request is treated otherwise."
        return
    for kind in KINDS:
        if diff.kinds[kind]:
            yield ""
            yield from _section(diff, kind, most)


def _section(diff: Diff, kind: Kind, most: int) -> Iterator[str]:
    compared = diff.requests - diff.uncompared
    yield f"{NAMES[kind].capitalize()}: {diff.kinds[kind]:,} of {compared:,} ({diff.kinds[kind] / compared:.3%})"
    rules = diff.of_kind(kind)
    for rule in rules[:most]:
        yield f"  {rule.reason[kind]:>7,}  {rule.rule}  {rule.title}" if rule.rule != THRESHOLD else _threshold(rule, kind)
        for example in rule.examples.get(kind, ()):
            yield f"           {example.method} {example.target}   [{example.id}]"
            yield f"             {_side(example.before)} -> {_side(example.after)}"
            for held in example.held:
                value = held.value if len(held.value) <= _VALUE else held.value[: _VALUE - 3] + "..."
                if held.target:
                    yield f"             {held.rule}: {held.target} = {value!r}"
    if len(rules) > most:
        yield f"  and {len(rules) - most} more rules; --top shows them"


def _threshold(rule: RuleDiff, kind: Kind) -> str:
    return f"  {rule.reason[kind]:>7,}  the same rules held, and a setting says otherwise"


def _side(judgement: Judgement) -> str:
    status = f" {judgement.status}" if judgement.status else ""
    return f"{judgement.outcome}{status}, score {judgement.score}"


def _requests(count: int) -> str:
    return f"{count:,} request{'' if count == 1 else 's'}"


def _tally(tally: Tally) -> dict[str, int]:
    return {"blocked": tally.blocked, "shadow": tally.shadowed, "passed": tally.passed, "refused": tally.refused}


def _by_rule(diff: Diff, kind: Kind) -> list[dict[str, Any]]:
    return [
        {
            "rule": rule.rule,
            "title": rule.title,
            "requests": rule.reason[kind],
            "examples": [_example(each) for each in rule.examples.get(kind, ())],
        }
        for rule in diff.of_kind(kind)
    ]


def _example(example: Example) -> dict[str, Any]:
    return {
        "id": example.id,
        "method": example.method,
        "target": example.target,
        "before": {"outcome": example.before.outcome, "status": example.before.status, "score": example.before.score},
        "after": {"outcome": example.after.outcome, "status": example.after.status, "score": example.after.score},
        "matches": [
            {"rule": held.rule, "title": held.title, "target": held.target, "value": held.value, "score": held.score}
            for held in example.held
        ],
    }
