"""Which rules `edgeguard replay` is told of: a configuration, rules by file, folder or glob, a Core Rule Set; by one option."""

from __future__ import annotations

from dataclasses import dataclass, replace
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from edgeguard.cli.rules_source import Source, source_of
from edgeguard.config.files import DYNAMIC
from edgeguard.config.model import Waf
from edgeguard.dynamic import load_dynamic, naming_of
from edgeguard.identity import read_key
from edgeguard.replay.counting import Counting, plain_config
from edgeguard.replay.side import Side
from edgeguard.waf import RuleFault, RulesError

if TYPE_CHECKING:
    from collections.abc import Sequence

_YAML = (".yaml", ".yml")
_KEY = b"replays need no secret, but the same one on both sides"
_LARGEST = 16 * 1024 * 1024  # octets of a file that is looked at for being a configuration


@dataclass(frozen=True, slots=True)
class Named:
    """What was named.

    Attributes:
        source: rules about one request.
        dynamic: files of rules that count over several.
    """

    source: Source
    dynamic: Sequence[Path]

    def side(self, name: str, *, as_enforced: bool = False, vouching: bool = False) -> Side:
        """All of it, ready to be asked.

        Raises:
            RulesError: rules don't load.
            OSError, ValueError: a file that the configuration names is not as it should be.
        """
        source, config = self.source, self.source.config
        if as_enforced:
            source = replace(source, settings=source.settings.model_copy(update={"mode": "enforce"}))
        settings = config or plain_config()
        configured = settings.identity.key is not None or settings.identity.key_file is not None
        key = read_key(settings.identity) if configured else _KEY
        counting: Counting | None = None
        if settings.dynamic.mode != "off" and self.dynamic:
            rules = load_dynamic(self.dynamic, naming_of(settings, key))
            counting = Counting(rules, settings, key, as_enforced=as_enforced)
        ruleset = source.ruleset(gates=True)
        return Side(name, ruleset, config, as_enforced=as_enforced, vouching=vouching, key=key, counting=counting)


def named(texts: Sequence[str], paranoia: int | None) -> Named:
    """The rules that options name.

    Raises:
        typer.BadParameter, ConfigError, RulesError: as `source_of`; a configuration stands beside other rules.
    """
    paths = [path for text in texts for path in _expanded(text)]
    configs = [path for path in paths if _is_config(path)]
    if configs:
        if len(paths) > 1:
            raise RulesError([RuleFault(str(configs[0]), 1, "a configuration has its rules already; name it alone")])
        found = source_of(configs[0], None, paranoia, None)
        config = found.config
        source = replace(found, settings=found.settings.model_copy(update={"mode": found.mode}))
        return Named(source, [Path(rules) for rules in config.dynamic.rules] if config is not None else [])
    trees = [path for path in paths if _is_crs(path)]
    if len(trees) > 1:
        raise RulesError([RuleFault(str(trees[1]), 1, "only one Core Rule Set can be read at a time")])
    files = [file for path in paths if path not in trees for file in _files(path)]
    dynamic = [file for file in files if _counts(file)]
    rules = [file for file in files if file not in dynamic]
    if dynamic and not rules and not trees:
        return Named(Source(Waf(rules=[])), dynamic)
    return Named(source_of(None, trees[0] if trees else None, paranoia, rules), dynamic)


def _files(path: Path) -> list[Path]:
    """A file, or those below a folder; what is not there is left to whoever reads it, who says so."""
    if not path.is_dir():
        return [path]
    found = sorted(file for file in path.rglob("*") if file.suffix in (*_YAML, ".conf") and file.is_file())
    hidden = (file for file in found if any(part.startswith(".") for part in file.relative_to(path).parts))
    return [file for file in found if file not in set(hidden)] or [path]


def _counts(file: Path) -> bool:
    """Rules in a folder called `dynamic` count over several requests, as they do in `waf.rules`."""
    return file.suffix in _YAML and DYNAMIC in file.absolute().parts[:-1]


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
