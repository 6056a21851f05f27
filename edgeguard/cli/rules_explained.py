"""How an explanation is shown: what matched stands in [[ ]], and in colour where there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from edgeguard.waf.explain.explanation import STATES
from edgeguard.waf.explain.steps import piece_of
from edgeguard.waf.mask import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from edgeguard.waf.explain.explanation import Exclusion, Explanation, State
    from edgeguard.waf.explain.levels import Level
    from edgeguard.waf.explain.trace import Found, Where

_STYLES = {"critical": "bold red", "emergency": "bold red", "alert": "bold red", "high": "bold red", "error": "bold red"}
_SHOWN = 400  # characters of a value that did not match yet; the form that did is shown up to some KB
_WHERES = 8  # values of one rule


def show(explanation: Explanation, screen: Console, *, whole: bool = False) -> None:
    """Print it; `whole` tells all of rules that do not count, too."""
    for line in lines(explanation, whole=whole):
        screen.print(line)


def lines(explanation: Explanation, *, whole: bool = False) -> Iterator[Text]:
    """All of it, a line each."""
    yield from _request(explanation)
    yield Text()
    yield from _verdict(explanation)
    for match in explanation.engine:
        yield Text(f"  {match.rule}  {match.title}{f' ({match.value})' if match.value else ''}")
    found = [each for each in explanation.found if not each[0].sums_up]
    for each, state in found:
        if whole or state in ("counts", "after"):
            yield Text()
            yield from _found(each, state)
    if not found:
        yield Text("No rule matches.")
    rest = [each for each, state in found if state in ("detected", "above")]
    if rest and not whole:
        yield Text()
        yield Text("Above the paranoia level that blocks (--all shows them in full)", "bold")
        for each in rest:
            targets = ", ".join(dict.fromkeys(where.target for where in each.wheres[:_WHERES]))
            yield Text(f"  {each.id}  paranoia {each.level}  +{each.score}  {each.title}  in {_cut(targets, 100)}")
    if explanation.levels:
        yield Text()
        yield from _levels(explanation)
    if explanation.given.told:
        yield Text()
        yield from _told(explanation)
    if explanation.exclusion is not None:
        yield Text()
        yield from _exclusion(explanation.exclusion, told=bool(explanation.given.told))


def _request(explanation: Explanation) -> Iterator[Text]:
    request, given = explanation.read.request, explanation.given
    line = Text()
    line.append(f"{printable(request.method)} {_cut(printable(request.target))}", "bold")
    size = f", {len(explanation.read.content):,} bytes of body" if explanation.read.content else ""
    line.append(f"  ({given.source}, from {given.client}{size})")
    yield line
    for note in (*given.notes, *explanation.notes):
        yield Text(f"  note: {note}")
    for lack in given.missing:
        yield Text(f"  missing: {lack}", "yellow")
    refusal = explanation.refusal
    if refusal is not None:
        yield Text(
            f"  The edge itself refuses this request with {refusal.status} ({refusal.reason}), so that no rule sees it:", "red"
        )
        yield Text(f"  {refusal.detail or 'it is not HTTP as the edge takes it'}. What rules would make of it:", "red")


def _verdict(explanation: Explanation) -> Iterator[Text]:
    verdict = explanation.outcome.verdict
    line = Text()
    if verdict.blocked:
        what = {"block": "BLOCKED", "drop": "DROPPED", "redirect": "REDIRECTED"}.get(verdict.action, "BLOCKED")
        line.append(f"{what} with status {verdict.status}", "bold red")
    else:
        line.append("PASSES", "bold green")
    parts = []
    if explanation.paranoia is not None:
        parts.append(f"inbound score {explanation.score} of {explanation.threshold} at paranoia {explanation.paranoia.blocking}")
    elif explanation.threshold:
        parts.append(f"inbound score {explanation.score} of {explanation.threshold}")
    if explanation.own_score:
        parts.append(f"EdgeGuard's rules {explanation.own_score} of {explanation.own_threshold}")
    by_itself = [f"{each.id} ({each.blocks})" for each, state in explanation.found if each.blocks and state == "counts"]
    if verdict.blocked and by_itself:
        parts.append("by " + ", ".join(by_itself))
    if parts:
        line.append(": " + "; ".join(parts))
    yield line


def _found(found: Found, state: State) -> Iterator[Text]:
    line = Text()
    line.append(found.id, "bold")
    line.append(f"  {found.title or 'no message'}")
    yield line
    about = Text("  ")
    if found.severity:
        about.append(found.severity, _STYLES.get(found.severity, ""))
        about.append("  ")
    about.append(f"score +{found.score}" if found.score else "score 0")
    if found.level:
        about.append(f"  paranoia {found.level}")
    if found.blocks:
        about.append(f"  {found.blocks}", "bold")
    about.append(f"  {found.place}", "dim")
    yield about
    if found.shadow:
        yield Text("  in shadow: told, and counts for nothing", "yellow")
    if STATES[state]:
        yield Text(f"  {STATES[state]}", "yellow")
    for where in found.wheres[:_WHERES]:
        yield from _where(where)
    if len(found.wheres) > _WHERES:
        yield Text(f"  … and {len(found.wheres) - _WHERES} more values")
    for name, value in found.captured:
        yield Text(f"  captured {name}  {_cut(printable(value))}", "dim")


def _where(where: Where) -> Iterator[Text]:
    head = Text("  ")
    head.append(where.target, "cyan")
    if where.question:
        head.append(f"  {_cut(where.question, 160)}", "dim")
    yield head
    width = max((len(name) for name in ("value", *(step.name for step in where.steps))), default=0)
    if where.steps:
        yield Text(f"    {'value':<{width}}  {_cut(printable(where.value))}")
    for step in where.steps[:-1]:
        yield Text(f"    {step.name:<{width}}  {_cut(printable(step.value))}")
    last = where.steps[-1].name if where.steps else "value"
    line = Text(f"    {last:<{width}}  ")
    piece = piece_of(where.form, where.span)
    if piece.skipped:
        line.append(f"{piece.skipped:,} bytes … ", "dim")
    line.append(printable(piece.before))
    if where.negated:
        line.append(f"{printable(piece.match)}", "reverse red")
    else:
        line.append(f"[[{printable(piece.match)}]]", "reverse red")
    line.append(printable(piece.after))
    if piece.more:
        line.append(f" … {piece.more:,} bytes", "dim")
    yield line
    if where.negated:
        yield Text("    the operator is negated: it does not hold for this value", "dim")
    unchanged = [name for name in where.pipeline if name not in {step.name for step in where.steps}]
    if unchanged:
        yield Text(f"    unchanged by {', '.join(unchanged)}", "dim")


def _levels(explanation: Explanation) -> Iterator[Text]:
    yield Text("At each paranoia level", "bold")
    yield Text("  (all rules up to level 4 were asked; scores of levels add up)", "dim")
    configured = 0 if explanation.paranoia is None else explanation.paranoia.blocking
    for level in explanation.levels:
        yield _level(level, explanation.threshold, configured)


def _level(level: Level, threshold: int, configured: int) -> Text:
    line = Text(f"  {level.level}  {level.score:>4} of {threshold}  ")
    line.append("blocked" if level.blocks else "passes ", "red" if level.blocks else "green")
    line.append(f"  {level.rules} rule{'' if level.rules == 1 else 's'}")
    if level.level == configured:
        line.append("  <- configured", "bold")
    return line


def _told(explanation: Explanation) -> Iterator[Text]:
    again = {each.id for each, _ in explanation.found}
    yield Text(f"The event told: {explanation.given.outcome}", "bold")
    for each in explanation.given.told:
        found = "found again above" if each.rule in again else "not found again: what it looked at is missing here"
        yield Text(f"  {each.rule}  +{each.score}  {each.target}  {each.value}  ({found})")


def _exclusion(exclusion: Exclusion, *, told: bool) -> Iterator[Text]:
    if not exclusion.pairs:
        yield Text(f"No exclusion: {exclusion.why}", "bold")
        return
    count = len(exclusion.pairs)
    what = "one rule" if count == 1 else f"{count} pairs of a rule and a target"
    yield Text(f"The smallest exclusion that lets this request pass: {what}", "bold")
    yield Text("  (only for a request that means no harm: attacks in the same place will pass, too)", "dim")
    if told:
        yield Text("  from what the event told", "dim")
    for way in exclusion.ways:
        tried = {True: "verified: the request passes with it", False: "tried: not enough by itself", None: "not tried"}
        yield Text()
        line = Text(f"  {way.title} ")
        line.append(f"({tried[way.verified]})", {True: "green", False: "red", None: "yellow"}[way.verified])
        yield line
        for text in way.text.rstrip("\n").split("\n"):
            yield Text(f"    {text}")


def _cut(text: str, most: int = _SHOWN) -> str:
    return text if len(text) <= most else f"{text[:most]} … {len(text) - most:,} characters"
