"""`edgeguard rules new`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption, source_of
from edgeguard.cli.terminal import output
from edgeguard.config.bundled import bundled
from edgeguard.config.model import Waf
from edgeguard.waf import RuleFault, RulesError
from edgeguard.waf.explain.template import Wish, next_id, rule_text
from edgeguard.waf.loader import compile_rules, read_drafts
from edgeguard.waf.rule_reader import read_rules

File = Annotated[
    Path | None, typer.Argument(metavar="[FILE]", help="Where to write it; `-` for standard output.", show_default=False)
]

_PLAIN = Wish("")


def new(  # noqa: PLR0913 - a parameter is an option
    file: File = None,
    *,
    config: ConfigOption = None,
    title: Annotated[str, typer.Option(metavar="TEXT", help="What it finds, in one line.")] = _PLAIN.title,
    selector: Annotated[str, typer.Option(metavar="TARGET", help="Such as http.request.path|lowercase.")] = _PLAIN.selector,
    operator: Annotated[str, typer.Option(metavar="NAME", help="Such as contains, matches, equals.")] = _PLAIN.operator,
    pattern: Annotated[str, typer.Option(metavar="TEXT", help="What the operator is asked for.")] = _PLAIN.pattern,
    severity: Annotated[str, typer.Option(metavar="NAME", help="info, low, medium, high or critical.")] = _PLAIN.severity,
    status: Annotated[str, typer.Option(metavar="NAME", help="test, shadow or enforce.")] = _PLAIN.status,
    tag: Annotated[list[str] | None, typer.Option(metavar="TAG", help="Such as cwe/89; may be repeated.")] = None,
    match: Annotated[list[str] | None, typer.Option(metavar="YAML", help="A request to find, such as '{path: /x}'.")] = None,
    passes: Annotated[list[str] | None, typer.Option("--pass", metavar="YAML", help="A request that it must not find.")] = None,
    prefix: Annotated[str, typer.Option(metavar="WORD", help="What its id begins with; by default as most of yours do.")] = "",
    name: Annotated[str, typer.Option("--id", metavar="ID", help="Instead of the next free one.")] = "",
) -> None:
    """Write a commented rule with the next free id, which loads as it is.

    Nothing is asked: without options it is a template in status `test`. FILE is made, or the rule is added at its end; without
    FILE it is ID.yaml, in the folder `rules` beside the configuration where one is named.

    Example:  [bold]edgeguard rules new rules/acme.yaml --title "Old plugin" --pattern /wp-plugin[/bold]
    """
    known = _ids(config, file)
    if name in known:
        raise RulesError([RuleFault(str(file or "rules"), 1, f"the id {name} is taken; leave --id out for the next free one")])
    tests = (tuple(match or ()), tuple(passes or ()))
    free = name or next_id(known, prefix)
    wish = Wish(free, title, selector, operator, pattern, severity, status, tuple(tag or ()), *tests)
    text = rule_text(wish)
    target = file or _default(config, wish.id)
    drafts, faults = read_rules(text, f"{target} (as it would be)")
    if faults:
        raise RulesError(faults)
    compile_rules(drafts, Waf(compiled="off"), gates=False)  # its tests, where its status asks for them
    if str(target) == "-":
        typer.echo(text, nl=False)
        return
    before = target.read_text(encoding="utf-8") if target.exists() else ""
    gap = "" if not before else "\n" if before.endswith("\n") else "\n\n"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(before + gap + text, encoding="utf-8")
    line = (before + gap).count("\n") + 1
    screen = output()
    screen.print(f"{target}:{line}: {wish.id}, in status {wish.status}", markup=False)
    screen.print(f"next: edit it, then edgeguard rules test {target}", markup=False)


def _ids(config: Path | None, file: Path | None) -> set[str]:
    """All ids there are: EdgeGuard's own, the configuration's, and those of the file."""
    paths: list[Path | str] = [bundled("rules")]
    if config is not None:
        paths += source_of(config, None, None, None).settings.rules
    if file is not None and file.is_file():
        paths.append(file)
    elif file is not None and str(file) != "-" and file.parent.is_dir() and any(file.parent.glob("*.yaml")):
        paths.append(file.parent)
    drafts, _ = read_drafts(paths)
    return {draft.rule.id for draft in drafts}


def _default(config: Path | None, name: str) -> Path:
    folder = Path() if config is None else config.parent / "rules"
    return folder / f"{name}.yaml"
