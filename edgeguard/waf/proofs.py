"""Which rules passed their tests at an earlier start, kept beside the compiled databases: asking 1,400 requests takes a second.

A proof holds for the rule, for the settings that its tests depend on, and for the code that ran them, which is told by the times
and sizes of its files.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard import __version__

if TYPE_CHECKING:
    from collections.abc import Set as AbstractSet

    from edgeguard.config.model import Waf
    from edgeguard.waf.databases import Databases

_MOST = 20_000  # proofs, of 32 bytes each; more begin anew
_SIZE = hashlib.sha256().digest_size
_FREE = {"mode", "sensitivity", "packs", "rules", "seclang", "crs", "compiled", "watch", "inline_bytes"}
"""Settings that say which rules are asked, and where: a rule passes its tests whatever they are."""


def settings_of(settings: Waf) -> str:
    """The settings that tests depend on, in one spelling."""
    return settings.model_dump_json(exclude=_FREE)


def read_proofs(databases: Databases) -> set[bytes]:
    """What is kept, as digests; empty where nothing is."""
    body = databases.get(_key()) or b""
    return {body[at : at + _SIZE] for at in range(0, len(body), _SIZE)}


def keep_proofs(databases: Databases, known: AbstractSet[bytes], before: AbstractSet[bytes]) -> None:
    """Keep `known` where it has more than `before`."""
    if not known <= before:
        databases.put(_key(), b"".join(sorted(known if len(known) > _MOST else known | before)[:_MOST]))


@cache
def _key() -> bytes:
    code = hashlib.sha256()
    root = Path(__file__).parents[1]
    for file in sorted(root.rglob("*.py")):
        found = file.stat()
        code.update(f"{file.relative_to(root)} {found.st_size} {found.st_mtime_ns}\n".encode())
    return f"proofs-1 {__version__} {code.hexdigest()}".encode()
