"""From files to a ruleset: found, read, compiled, tested. Nothing here runs while requests do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.config.files import DYNAMIC
from edgeguard.waf import rule_files
from edgeguard.waf.databases import Databases, default_folder
from edgeguard.waf.dials import unknown_packs
from edgeguard.waf.faults import Refused, RuleFault, RulesError
from edgeguard.waf.kept import Kept
from edgeguard.waf.proofs import keep_proofs, read_proofs, settings_of
from edgeguard.waf.rule_reader import Draft, read_rules
from edgeguard.waf.rule_tests import failure
from edgeguard.waf.ruleset import Ruleset
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.scripts import read_scripts
from edgeguard.waf.seclang.syntax import Note, Place
from edgeguard.waf.translations import keep_translations, read_translations

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.config.model import Route, Waf
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.syntax import Configuration, Program

_SUFFIXES = (".yaml", ".yml")
_MAGIC = frozenset("*?[")


def load_rules(
    paths: Sequence[Path | str],
    settings: Waf,
    *,
    gates: bool = True,
    routes: Sequence[Route] = (),
    kept: Kept | None = None,
) -> Ruleset:
    """Read, compile and test the rules of files, folders (with all below them) and globs.

    Rules keep the order of `paths`, and within a folder the order of file names. Without `gates` no patterns are compiled for the
    gate, so that loading takes no time and requests take more: for a look at one of them. `routes` are those with dials of their
    own. `kept` is what a former load of this process left, and takes what this one leaves.

    Raises:
        RulesError: a path holds no rules, a rule is faulty or its tests fail; all that could be found is told at once.
    """
    kept = kept or Kept()
    drafts, faults = read_drafts(paths, kept)
    program: Program | None = None
    chains: Sequence[ChainRule] = ()
    databases = databases_of(settings.compiled)
    notes = _unkept(databases, settings.compiled)
    try:
        program, chains, more = kept.scripts(settings, lambda: _scripts(settings, databases))
        notes = (*notes, *more)
    except RulesError as error:
        faults += error.faults
    seclang = None if program is None else program.configuration
    return compile_rules(drafts, settings, faults, chains, seclang, notes=notes, gates=gates, routes=routes, kept=kept)


def _scripts(settings: Waf, databases: Databases) -> tuple[Program | None, tuple[ChainRule, ...], tuple[Note, ...]]:
    program = read_scripts(settings)
    if program is None:
        return None, (), ()
    known = read_translations(databases)
    before = len(known)
    compiled = compile_program(program, known)
    keep_translations(databases, known, before)
    return program, tuple(compiled.rules), (*program.notes, *compiled.notes)


def read_drafts(paths: Sequence[Path | str], kept: Kept | None = None) -> tuple[list[Draft], list[RuleFault]]:
    """The rules of files, folders and globs with their tests, which are not run; and what is wrong with others."""
    drafts: list[Draft] = []
    faults: list[RuleFault] = []
    for file in _files(paths, faults):
        try:
            text = rule_files.content(file).decode()
        except (OSError, UnicodeDecodeError) as error:
            faults.append(RuleFault(str(file), 1, f"can't be read: {error}"))
            continue
        found, wrong = (kept or Kept()).file(str(file), text, read_rules)
        drafts += found
        faults += wrong
    return drafts, faults


def rules_from_text(text: str, settings: Waf, file: str = "<text>") -> Ruleset:
    """As `load_rules`, of one text; for consoles and tests.

    Raises:
        RulesError: as `load_rules`.
    """
    drafts, faults = read_rules(text, file)
    return compile_rules(drafts, settings, faults)


def compile_rules(  # noqa: PLR0913 - what a load comes to
    drafts: Sequence[Draft],
    settings: Waf,
    faults: Iterable[RuleFault] = (),
    chains: Sequence[ChainRule] = (),
    seclang: Configuration | None = None,
    *,
    notes: tuple[Note, ...] = (),
    gates: bool = True,
    routes: Sequence[Route] = (),
    kept: Kept | None = None,
) -> Ruleset:
    """The ruleset of what was read.

    Raises:
        RulesError: there are `faults` already, two rules share an id, or a test fails.
    """
    rules = [draft.rule for draft in drafts]
    wrong = [*faults, *_twice(drafts)]
    if wrong and not drafts:
        raise RulesError(wrong)
    if not wrong:  # a file that can't be read may have the pack that nobody knows
        wrong += unknown_packs(rules, settings, routes)
    databases = databases_of(settings.compiled)
    ruleset = Ruleset(
        rules, settings, chains=chains, seclang=seclang, notes=notes, databases=databases, gates=gates, routes=routes
    )
    asked = {item.rule for item in ruleset.plan.rules}
    kept = kept or Kept()
    before = read_proofs(databases)
    kept.trust(before)
    wrong += _failing([draft for draft in drafts if draft.rule in asked], ruleset, kept)
    if apart := [draft for draft in drafts if draft.rule not in asked]:  # their tests hold all the same
        alone = settings.model_copy(update={"sensitivity": "strict", "packs": {}})
        unproven = [draft for draft in apart if not kept.proven(draft, settings_of(alone))]
        wrong += _failing(apart, Ruleset([draft.rule for draft in unproven], alone, gates=False), kept)
    kept.settle()
    keep_proofs(databases, kept.proofs, before)
    if wrong:
        raise RulesError(wrong)
    return ruleset


def databases_of(where: str) -> Databases:
    """Where `waf.compiled` says that patterns are kept."""
    return Databases({"auto": default_folder(), "off": None}.get(where, Path(where)))


def _unkept(databases: Databases, where: str) -> tuple[Note, ...]:
    """What to say where compiled patterns can't be kept."""
    if where == "off" or databases.usable:
        return ()
    folder = default_folder() if where == "auto" else where
    text = f"{folder} can't be used, so that patterns are compiled at each start; only this user may be able to write there"
    return (Note(Place("waf.compiled", 1), text),)


def _files(paths: Sequence[Path | str], faults: list[RuleFault]) -> list[Path]:
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        if rule_files.is_folder(path):
            found = [file for file in rule_files.below(path, _SUFFIXES) if is_static(file, path)]
        elif rule_files.is_file(path):
            found = [path]
        elif not _MAGIC.isdisjoint(str(path)):
            found = _glob(path)
        else:
            found = []
        if not found:
            faults.append(RuleFault(str(path), 1, "no rule file is there"))
        files.update(dict.fromkeys(found))
    return list(files)


def is_static(file: Path, folder: Path) -> bool:
    """Rules in a folder called `dynamic` count over several requests; another room reads them."""
    return DYNAMIC not in file.relative_to(folder).parts[:-1]


def _glob(pattern: Path) -> list[Path]:
    fixed = [part for part in pattern.parts if _MAGIC.isdisjoint(part)]
    cut = next(at for at, part in enumerate(pattern.parts) if not _MAGIC.isdisjoint(part))
    base = Path(*fixed[:cut]) if cut else Path()
    return [file for file in rule_files.fitting(base, str(Path(*pattern.parts[cut:]))) if file.suffix in _SUFFIXES]


def _twice(drafts: Sequence[Draft]) -> list[RuleFault]:
    first: dict[str, Draft] = {}
    faults = []
    for draft in drafts:
        other = first.setdefault(draft.rule.id, draft)
        if other is not draft:
            faults.append(
                RuleFault(draft.file, draft.line, f"the id {draft.rule.id} stands already in {other.file}:{other.line}")
            )
    return faults


def _failing(drafts: Sequence[Draft], ruleset: Ruleset, kept: Kept) -> list[RuleFault]:
    """Failed tests. Rules in `test` may fail theirs, retired ones are asked nothing; a test must make sense in any case."""
    faults: list[RuleFault] = []
    settings = settings_of(ruleset.settings)
    for draft in drafts:
        if draft.rule.status not in ("enforce", "shadow"):
            continue
        if kept.proven(draft, settings):
            kept.prove(draft, settings)
            continue
        before = len(faults)
        for test in draft.tests:
            try:
                text = failure(ruleset, draft.rule, test)
            except Refused as error:
                text = str(error)
            if text is not None:
                faults.append(RuleFault(draft.file, test.line, text))
        if len(faults) == before:
            kept.prove(draft, settings)
    return faults
