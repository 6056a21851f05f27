"""`edgeguard rules test`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from edgeguard.cli.rules_source import ConfigOption, JsonOption, source_of
from edgeguard.cli.terminal import output, say_fault
from edgeguard.waf import RulesError, Ruleset
from edgeguard.waf.faults import Refused, RuleFault
from edgeguard.waf.loader import compile_rules, databases_of, read_drafts
from edgeguard.waf.mutations.survival import Survival, Tally, names, survival
from edgeguard.waf.rule_tests import failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.config.model import Waf
    from edgeguard.waf.rule_reader import Draft

Files = Annotated[
    list[Path] | None, typer.Argument(metavar="FILES", help="Files or folders of rules in EdgeGuard's YAML.", show_default=False)
]
_SHOWN = 160  # characters of an example


def run_tests(
    files: Files = None,
    *,
    config: ConfigOption = None,
    rule: Annotated[list[str] | None, typer.Option("--id", metavar="ID", help="Only this rule; may be repeated.")] = None,
    mutate: Annotated[bool, typer.Option("--mutate", help="Evade each rule's own match tests, and say what survives.")] = False,
    only: Annotated[
        list[str] | None, typer.Option("--mutation", metavar="NAME", help="Only this mutation; may be repeated.")
    ] = None,
    examples: Annotated[int, typer.Option(min=0, metavar="N", help="Evasions shown of each rule.")] = 3,
    threshold: Annotated[
        float, typer.Option(min=0, max=100, metavar="PERCENT", help="Exit code 1 where a rule's survival is below it.")
    ] = 0.0,
    as_json: JsonOption = False,
) -> None:
    """Run the tests that rules carry, and say of each that fails which value was looked at, and why.

    Rules in status `test` are run as well; they may fail without keeping anything from loading.

    With --mutate, each match test is written otherwise: case, encodings, comments, white space, splits, other places in the
    request. Survival is the share of those that the rule, or all rules together, still stop.

    The exit code is 1 where a test fails, or a survival is below --threshold.

    Example:  [bold]edgeguard rules test rules/acme.yaml --mutate --threshold 80[/bold]
    """
    unknown = [name for name in only or () if name not in names()]
    if unknown:
        raise typer.BadParameter(f"there is no mutation {unknown[0]}; there are {', '.join(names())}")
    source = source_of(config, None, None, files)
    drafts, faults = read_drafts(source.settings.rules)
    if faults:
        raise RulesError(faults)
    asked = [draft for draft in drafts if draft.rule.status != "retired" and (not rule or draft.rule.id in rule)]
    if rule and not asked:
        raise RulesError([RuleFault("rules", 1, f"no rule is called {', '.join(rule)}")])
    ruleset = _awake(drafts, source.settings, gates=mutate)
    failed = [(draft, text) for draft in asked for text in _failures(draft, ruleset)]
    found = sorted((survival(draft, ruleset, frozenset(only or ())) for draft in asked) if mutate else (), key=_worst)
    serious = [text for draft, text in failed if draft.rule.status != "test"]
    low = [each for each in found if 100 * each.whole.survival < threshold]
    if as_json:
        typer.echo(json.dumps(_json(asked, failed, found), ensure_ascii=False))
    else:
        for _, text in failed:
            say_fault(text)
        for line in (*_survival_lines(found, examples), _summary(asked, failed)):
            output().print(line, markup=False)
        for each in low:
            say_fault(f"{each.file}:{each.line}: {each.rule.id} survives {_percent(each.whole.survival)}, below {threshold:g} %")
    if serious or low:
        raise typer.Exit(1)


def _awake(drafts: Sequence[Draft], settings: Waf, *, gates: bool) -> Ruleset:
    """All rules that are not retired, each of them asked, whatever its status and the dials say."""
    live = [replace(draft.rule, status="enforce") for draft in drafts if draft.rule.status != "retired"]
    alone = settings.model_copy(update={"seclang": [], "crs": None, "sensitivity": "strict", "packs": {}, "mode": "enforce"})
    compile_rules([replace(draft, tests=()) for draft in drafts], alone, gates=False)  # twice the same id
    return Ruleset(live, alone, databases=databases_of(settings.compiled), gates=gates)


def _failures(draft: Draft, ruleset: Ruleset) -> Iterator[str]:
    for one in draft.tests:
        try:
            text = failure(ruleset, draft.rule, one)
        except Refused as error:
            text = str(error)
        if text is not None:
            may = " (status test: it loads all the same)" if draft.rule.status == "test" else ""
            yield f"{draft.file}:{one.line}: {text}{may}"


def _worst(found: Survival) -> tuple[float, float]:
    return (found.whole.survival, found.whole.own)


def _survival_lines(found: Sequence[Survival], examples: int) -> Iterator[str]:
    measured = [each for each in found if each.whole.variants]
    if not measured:
        return
    width = max(len(each.rule.id) for each in measured)
    yield f"{'rule':<{width}}  survival   own  variants  weakest"
    for each in measured:
        weak = sorted(
            ((name, tally) for name, tally in each.by_mutation.items() if tally.survival < 1), key=lambda item: item[1].survival
        )
        told = ", ".join(f"{name} {tally.stopped}/{tally.variants}" for name, tally in weak[:4])
        share, own = _percent(each.whole.survival), _percent(each.whole.own)
        yield f"{each.rule.id:<{width}}  {share:>8}  {own:>4}  {each.whole.variants:>8}  {told}"
        for missed in each.missed[:examples]:
            text = json.dumps(missed.request, ensure_ascii=False)
            yield f"  {missed.mutation}: {text[:_SHOWN]}{'…' if len(text) > _SHOWN else ''}"
    yield ""
    yield "mutation               survival   own  variants"
    for name, tally in sorted(_by_mutation(measured).items(), key=lambda item: item[1].survival):
        yield f"{name:<21}  {_percent(tally.survival):>8}  {_percent(tally.own):>4}  {tally.variants:>8}"
    whole = _sum([each.whole for each in measured])
    yield f"{'all':<21}  {_percent(whole.survival):>8}  {_percent(whole.own):>4}  {whole.variants:>8}"
    yield ""


def _by_mutation(found: Sequence[Survival]) -> dict[str, Tally]:
    names_met = dict.fromkeys(name for each in found for name in each.by_mutation)
    return {name: _sum([each.by_mutation[name] for each in found if name in each.by_mutation]) for name in names_met}


def _sum(tallies: Sequence[Tally]) -> Tally:
    return Tally(*(sum(getattr(tally, name) for tally in tallies) for name in ("variants", "caught", "stopped")))


def _percent(share: float) -> str:
    return f"{int(100 * share)} %"  # never rounded up to 100


def _summary(asked: Sequence[Draft], failed: Sequence[tuple[Draft, str]]) -> str:
    tests = sum(len(draft.tests) for draft in asked)
    bare = [draft.rule.id for draft in asked if not draft.tests]
    untested = f"; without tests: {', '.join(bare[:5])}" if bare else ""
    rules = f"{len(asked)} rule{'' if len(asked) == 1 else 's'}"
    return f"{rules}, {tests} test{'' if tests == 1 else 's'}: {len(failed) or 'none'} failed{untested}"


def _json(asked: Sequence[Draft], failed: Sequence[tuple[Draft, str]], found: Sequence[Survival]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "rules": len(asked),
        "tests": sum(len(draft.tests) for draft in asked),
        "failed": [{"rule": draft.rule.id, "status": draft.rule.status, "text": text} for draft, text in failed],
    }
    if found:
        told["survival"] = [
            {
                "rule": each.rule.id,
                "file": each.file,
                "line": each.line,
                **_tally_json(each.whole),
                "mutations": {name: _tally_json(tally) for name, tally in each.by_mutation.items()},
                "missed": [{"mutation": one.mutation, "line": one.line, "request": one.request} for one in each.missed],
            }
            for each in found
        ]
        told["mutations"] = {name: _tally_json(tally) for name, tally in _by_mutation(found).items()}
    return told


def _tally_json(tally: Tally) -> dict[str, Any]:
    return {
        "survival": round(tally.survival, 4),
        "own": round(tally.own, 4),
        "variants": tally.variants,
        "caught": tally.caught,
        "stopped": tally.stopped,
    }
