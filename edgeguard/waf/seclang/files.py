"""Finding and reading files of scripts. Only while rules are loaded."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from edgeguard.waf import rule_files
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.words import shown

_MAGIC: Final = frozenset("*?[")


def found(name: str, folder: str) -> list[Path]:
    """The files that a name or pattern means, in the order of their names; a relative one is taken from the folder.

    Raises:
        Refused: it is a folder, or no name that a file can have.
    """
    if "**" in name:
        raise Refused("'**' would look through all folders below; name them one by one")
    try:
        return _found(name, folder)
    except Refused:
        raise
    except (OSError, ValueError) as error:
        raise Refused(f"'{shown(name)}' can't be looked for: {getattr(error, 'strerror', None) or error}") from None


def _found(name: str, folder: str) -> list[Path]:
    path = Path(folder, name)
    if _MAGIC.isdisjoint(name):
        if rule_files.is_folder(path):
            raise Refused(f"{path} is a folder; for its files write {path}/*.conf")
        return [path] if rule_files.is_file(path) else []
    parts = path.parts
    cut = next(at for at, part in enumerate(parts) if not _MAGIC.isdisjoint(part))
    base = Path(*parts[:cut]) if cut else Path()
    return rule_files.fitting(base, str(Path(*parts[cut:])))


def content(path: Path) -> str:
    """A file's text; bytes that are no UTF-8 come as lone surrogates.

    Raises:
        Refused: it can't be read.
    """
    try:
        data = rule_files.content(path)
    except OSError as error:
        raise Refused(f"{path} can't be read: {error.strerror}") from None
    if len(data) > rule_files.LARGEST:
        raise Refused(f"{path} has more than {rule_files.LARGEST} bytes")
    return data.decode("utf-8-sig", "surrogateescape")
