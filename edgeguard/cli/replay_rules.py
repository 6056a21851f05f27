"""Which rules `edgeguard replay` is told of: a configuration, rules by file, folder or glob, a Core Rule Set; by one option."""

from __future__ import annotations

from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from edgeguard.cli.rules_source import Source, source_of
from edgeguard.waf import RuleFault, RulesError

if TYPE_CHECKING:
    from collections.abc import Sequence

_YAML = (".yaml", ".yml")
_LARGEST = 16 * 1024 * 1024  # octets of a file that is looked at for being a configuration


def source_named(named: Sequence[str], paranoia: int | None) -> Source:
    """The rules that options name.

    Raises:
        typer.BadParameter, ConfigError, RulesError: as `source_of`; a configuration stands beside other rules.
    """
    paths = [path for text in named for path in _expanded(text)]
    configs = [path for path in paths if _is_config(path)]
    if configs:
        if len(paths) > 1:
            raise RulesError([RuleFault(str(configs[0]), 1, "a configuration has its rules already; name it alone")])
        source = source_of(configs[0], None, paranoia, None)
        return Source(source.settings.model_copy(update={"mode": source.mode}), source.config, source.mode)
    trees = [path for path in paths if _is_crs(path)]
    if len(trees) > 1:
        raise RulesError([RuleFault(str(trees[1]), 1, "only one Core Rule Set can be read at a time")])
    return source_of(None, trees[0] if trees else None, paranoia, [path for path in paths if path not in trees])


def _expanded(text: str) -> list[Path]:
    if not has_magic(text) or Path(text).exists():
        return [Path(text)]
    found = sorted(glob(text, recursive=True))  # noqa: PTH207 - the pattern may be absolute, which Path.glob refuses
    if not found:
        raise RulesError([RuleFault(text, 1, "no file fits")])
    return [Path(each) for each in found]


def _is_config(path: Path) -> bool:
    """Whether a YAML file is a configuration: that is a mapping, and rules are a list."""
    if path.suffix not in _YAML or not path.is_file():
        return False
    with path.open("rb") as file:
        try:
            for event in yaml.parse(file.read(_LARGEST), Loader=yaml.CSafeLoader):
                if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                    return isinstance(event, yaml.MappingStartEvent)
        except yaml.YAMLError:
            return False  # whoever reads rules will say what is wrong, and where
    return False


def _is_crs(path: Path) -> bool:
    return (
        path.is_dir() and ((path / "rules").is_dir() or any(path.glob("REQUEST-9*.conf"))) and any(path.rglob("REQUEST-9*.conf"))
    )
