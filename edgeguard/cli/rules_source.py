"""Which rules a command of `edgeguard rules` is about: a configuration's, a Core Rule Set's, or those of some files."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.config import load_config
from edgeguard.config.model import Config, Crs, Waf
from edgeguard.waf import RuleFault, RulesError, Ruleset, load_rules, rule_files
from edgeguard.waf.loader import is_static
from edgeguard.waf.seclang.scripts import read_scripts
from edgeguard.waf.seclang.syntax import SecRule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.config.model import Exclusion
    from edgeguard.waf.seclang.syntax import Program

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", metavar="FILE", help="The rules of this configuration. [env: EDGEGUARD_CONFIG]"),
]
CrsOption = Annotated[Path | None, typer.Option("--crs", metavar="DIR", help="A Core Rule Set, 3.3 or 4, as it is published.")]
ParanoiaOption = Annotated[int | None, typer.Option("--paranoia", metavar="N", min=1, max=4, help="Its paranoia level.")]
RulesOption = Annotated[
    list[Path] | None,
    typer.Option("--rules", metavar="FILE", help="A file or folder of rules, YAML or SecLang; may be repeated."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="All of it as JSON.")]

_YAML = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Source:
    """Rules that were named.

    Attributes:
        settings: how they are compiled; requests are blocked by them, whatever the configuration's mode.
        config: None where none was named.
        mode: the configuration's.
    """

    settings: Waf
    config: Config | None = None
    mode: str = "enforce"

    def ruleset(self, *, gates: bool = False) -> Ruleset:
        """The rules, compiled.

        Raises:
            RulesError: they don't load.
        """
        return load_rules(
            self.settings.rules, self.settings, gates=gates, routes=() if self.config is None else self.config.routes
        )

    def program(self) -> Program | None:
        """What SecLang scripts say; None without scripts.

        Raises:
            RulesError: they can't be read.
        """
        return read_scripts(self.settings)

    def texts(self) -> dict[int, SecRule]:
        """SecLang rules as they were read, by number."""
        program = self.program()
        return {} if program is None else {item.id: item for item in program.items if isinstance(item, SecRule)}

    def with_crs(self, **changes: object) -> Source:
        """The same with other settings of the Core Rule Set."""
        crs = self.settings.crs
        if crs is None:
            return self
        return self._with(crs=crs.model_copy(update=changes))

    def with_exclusions(self, entries: Sequence[Exclusion]) -> Source:
        """The same with more of `waf.exclusions`."""
        return self._with(exclusions=[*self.settings.exclusions, *entries])

    def with_script(self, text: str, *, first: bool) -> _Scripted:
        """For the time of a `with`: the same with a script of one's own, before all others or behind them."""
        return _Scripted(self, text, first)

    def _with(self, **changes: object) -> Source:
        return replace(self, settings=self.settings.model_copy(update=changes))


class _Scripted:
    """A script in a file of its own, so that it is read as people's scripts are."""

    def __init__(self, source: Source, text: str, first: bool) -> None:
        self._source = source
        self._text = text
        self._first = first
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def __enter__(self) -> Source:
        self._folder = tempfile.TemporaryDirectory(prefix="edgeguard-explain-")
        file = Path(self._folder.name) / "exclusion.conf"
        file.write_text(self._text, encoding="utf-8", errors="surrogateescape")
        others = self._source.settings.seclang
        return self._source._with(seclang=[str(file), *others] if self._first else [*others, str(file)])  # noqa: SLF001 - its own

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self._folder.cleanup()


def source_of(config: Path | None, crs: Path | None, paranoia: int | None, rules: Sequence[Path] | None) -> Source:
    """The rules that a command line names.

    Raises:
        typer.BadParameter: it names none, or two kinds at once.
        ConfigError: the configuration does not load.
        RulesError: a file is not there.
    """
    if config is not None and (crs is not None or rules):
        raise typer.BadParameter("-c has its rules already; leave --crs, --rules and FILES out")
    if crs is not None or rules:
        found = list(_files(rules or ()))
        own = [str(file) for file in found if file.suffix in _YAML]
        scripts = [str(file) for file in found if file.suffix not in _YAML]
        tree = None if crs is None else Crs(path=crs, paranoia=paranoia or 1)
        return Source(Waf(rules=own, seclang=scripts, crs=tree))
    if config is None and os.environ.get("EDGEGUARD_CONFIG"):
        config = Path(os.environ["EDGEGUARD_CONFIG"])
    if config is None:
        raise typer.BadParameter("say which rules: -c CONFIG, --crs DIR, or --rules FILE")
    loaded = load_config(config)
    source = Source(loaded.waf.model_copy(update={"mode": "enforce"}), loaded, loaded.waf.mode)
    return source if paranoia is None else source.with_crs(paranoia=paranoia)


def _files(named: Sequence[Path]) -> Iterator[Path]:
    """Files as they are, and those in folders, by their names."""
    for path in named:
        if path.is_dir():
            found = [file for file in rule_files.below(path, (*_YAML, ".conf")) if file.is_file() and is_static(file, path)]
        else:
            found = [path] if path.is_file() else []
        if not found:
            text = "no file of rules (*.yaml, *.conf) is there" if path.is_dir() else "there is no such file"
            raise RulesError([RuleFault(str(path), 1, text)])
        yield from found
