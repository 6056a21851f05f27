"""From files to dynamic rules: found, read, tested. Nothing here runs while requests do."""

from __future__ import annotations

from glob import has_magic
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from edgeguard.config.rule_faults import RuleFault, RulesError
from edgeguard.dynamic.hashing import Hasher
from edgeguard.dynamic.keys import Naming
from edgeguard.dynamic.reader import Draft, read_rules
from edgeguard.dynamic.scenarios import failure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from edgeguard.config.model import Config
    from edgeguard.dynamic.model import Rule

_SUFFIXES = (".yaml", ".yml")


class Files(Protocol):
    """How files are found and read."""

    def is_file(self, path: Path, /) -> bool:
        """Whether a file is there."""
        ...

    def is_folder(self, path: Path, /) -> bool:
        """Whether a folder is there."""
        ...

    def below(self, folder: Path, endings: tuple[str, ...], /) -> list[Path]:
        """All files below it with one of these endings, in order; nothing that is hidden."""
        ...

    def fitting(self, folder: Path, pattern: str, /) -> list[Path]:
        """The files that fit a pattern from there on, in order."""
        ...

    def content(self, path: Path, /) -> bytes:
        """What a file holds; raises OSError."""
        ...


class Disk:
    """The files as they are."""

    def is_file(self, path: Path, /) -> bool:
        return path.is_file()

    def is_folder(self, path: Path, /) -> bool:
        return path.is_dir()

    def below(self, folder: Path, endings: tuple[str, ...], /) -> list[Path]:
        depth = len(folder.parts)
        found = (file for file in sorted(folder.rglob("*")) if file.suffix in endings)
        return [file for file in found if not any(part.startswith(".") for part in file.parts[depth:])]

    def fitting(self, folder: Path, pattern: str, /) -> list[Path]:
        return [file for file in sorted(folder.glob(pattern)) if file.is_file()]

    def content(self, path: Path, /) -> bytes:
        return path.read_bytes()


def naming_of(config: Config, key: bytes) -> Naming:
    """How this configuration names those who come."""
    sessions = tuple(name.encode() for name in config.dynamic.session_cookies)
    return Naming(Hasher(key), config.limits.ipv6_prefix, sessions)


def load_dynamic(paths: Sequence[Path | str], naming: Naming, disk: Files | None = None) -> tuple[Rule, ...]:
    """Read and test the rules of files, folders and globs, in this order. A path that does not exist has no rules.

    Args:
        paths: absolute, or from the current folder.
        naming: how the rules' keys are made.
        disk: reads files; whoever wants to know which were read, or has kept them, gives another one.

    Raises:
        RulesError: a rule is faulty or its tests fail; all that could be found is told at once.
    """
    drafts: list[Draft] = []
    faults: list[RuleFault] = []
    disk = disk or Disk()
    for file in _files(paths, disk):
        try:
            text = disk.content(file).decode()
        except (OSError, UnicodeDecodeError) as error:
            faults.append(RuleFault(str(file), 1, f"can't be read: {error}"))
            continue
        found, wrong = read_rules(text, str(file), naming)
        drafts += found
        faults += wrong
    return compile_rules(drafts, faults)


def rules_from_text(text: str, naming: Naming, file: str = "<text>") -> tuple[Rule, ...]:
    """As `load_dynamic`, of one text.

    Raises:
        RulesError: as `load_dynamic`.
    """
    drafts, faults = read_rules(text, file, naming)
    return compile_rules(drafts, faults)


def compile_rules(drafts: Sequence[Draft], faults: Iterable[RuleFault] = ()) -> tuple[Rule, ...]:
    """The rules of what was read.

    Raises:
        RulesError: there are `faults` already, two rules share an id, or a test fails.
    """
    wrong = [*faults, *_twice(drafts)]
    for draft in drafts:
        if draft.rule.status in ("enforce", "shadow"):
            found = failure(draft)
            if found is not None:
                wrong.append(found)
    if wrong:
        raise RulesError(wrong)
    return tuple(draft.rule for draft in drafts)


def digest_of(rules: Iterable[Rule]) -> str:
    """SHA-256 in hex that tells sets of rules apart."""
    return sha256("\n".join(rule.canonical for rule in rules).encode()).hexdigest()


def _twice(drafts: Sequence[Draft]) -> list[RuleFault]:
    first: dict[str, Draft] = {}
    faults = []
    for draft in drafts:
        other = first.setdefault(draft.rule.id, draft)
        if other is not draft:
            text = f"the id {draft.rule.id} stands already in {other.file}:{other.line}"
            faults.append(RuleFault(draft.file, draft.line, text))
    return faults


def _files(paths: Sequence[Path | str], disk: Files) -> list[Path]:
    files: dict[Path, None] = {}
    for path in map(Path, paths):
        if disk.is_folder(path):
            found = disk.below(path, _SUFFIXES)
        elif disk.is_file(path):
            found = [path]
        elif has_magic(str(path)):
            fixed = next(at for at, part in enumerate(path.parts) if has_magic(part))
            found = disk.fitting(Path(*path.parts[:fixed]), str(Path(*path.parts[fixed:])))
        else:
            found = []
        files.update(dict.fromkeys(found))
    return list(files)
