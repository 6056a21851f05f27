"""What one load of rules leaves to the next of the same process, so that a reload does anew only what has changed.

All of it is thrown away with the process, but for what was proven (`proofs`).
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from edgeguard.waf import rule_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edgeguard.config.model import Waf
    from edgeguard.waf.faults import RuleFault
    from edgeguard.waf.rule_reader import Draft
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.syntax import Note, Program

    Read = tuple[list[Draft], list[RuleFault]]
    Scripts = tuple[Program | None, tuple[ChainRule, ...], tuple[Note, ...]]


class Kept:
    """Rules as they were read, scripts as they were compiled, and which rules passed their tests; those of the last load only."""

    __slots__ = ("_files", "_proven", "_proving", "_reading", "_scripts", "_settings", "_told")

    def __init__(self) -> None:
        self._files: dict[tuple[str, str], Read] = {}
        self._reading: dict[tuple[str, str], Read] = {}
        self._proven: set[bytes] = set()
        self._proving: set[bytes] = set()
        self._settings = ""
        self._scripts: Scripts | None = None
        self._told: dict[str, object] = {}

    def __repr__(self) -> str:
        return f"Kept({len(self._files)} files, {len(self._proven)} rules proven)"

    def file(self, name: str, text: str, read: Callable[[str, str], Read]) -> Read:
        """What is in a file; read only where its text is another."""
        key = (name, hashlib.sha256(text.encode()).hexdigest())
        found = self._files.get(key) or read(text, name)
        self._reading[key] = found
        return found

    def scripts(self, settings: Waf, compile_them: Callable[[], Scripts]) -> Scripts:
        """The rules of SecLang; read only where a file, or a setting of theirs, is another.

        Raises:
            RulesError: a script is faulty.
        """
        wanted = settings.model_dump_json(include={"seclang", "crs"})
        if self._scripts is not None and wanted == self._settings and rule_files.unchanged(self._told):
            return self._scripts
        self._scripts = None
        with rule_files.noting() as told:
            found = compile_them()
        if told:  # without a record of the files nobody can tell whether they have changed
            self._settings, self._told, self._scripts = wanted, told, found
        return found

    @property
    def proofs(self) -> frozenset[bytes]:
        """Digests of what was proven."""
        return frozenset(self._proven)

    def trust(self, proofs: Iterable[bytes]) -> None:
        """Take what another process has proven."""
        self._proven.update(proofs)

    def proven(self, draft: Draft, settings: str) -> bool:
        """Whether the rule passed its tests with these settings before."""
        return self._key(draft, settings) in self._proven

    def prove(self, draft: Draft, settings: str) -> None:
        """Note that it passes them."""
        self._proving.add(self._key(draft, settings))

    def settle(self) -> None:
        """Forget what the load that is over did not need."""
        self._files, self._reading = self._reading, {}
        self._proven, self._proving = self._proving, set()

    @staticmethod
    def _key(draft: Draft, settings: str) -> bytes:
        return hashlib.sha256(f"{settings}\n{draft.rule.pack}\n{draft.rule.canonical}".encode()).digest()
