"""Many phrases at once: which of them ends first in a value, whatever its case."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hyperscan

from edgeguard.waf.expression import Expression, has_mark, literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.databases import Databases
    from edgeguard.waf.expression import Span

_FEW = 4  # phrases, for which `bytes.find` is quicker than any automaton


def _first(_number: int, _start: int, end: int, _flags: int, found: Any) -> bool:
    found.append(end)
    return True  # and no more


class Phrases:
    """Phrases without regard to the case of ASCII letters.

    The automaton is made when it is first asked: most lists are asked only about values that the gate has found something in.

    Args:
        phrases: none of them empty.

    Attributes:
        expressions: one for each phrase.
    """

    __slots__ = ("_database", "_lengths", "_written", "expressions")

    def __init__(self, phrases: Iterable[bytes]) -> None:
        self._written: dict[bytes, bytes] = {}
        for phrase in phrases:
            self._written.setdefault(phrase.lower(), phrase)
        self._lengths = sorted({len(phrase) for phrase in self._written}, reverse=True)
        self.expressions = tuple(
            Expression(b"(?i)" + literal(phrase), 0, len(phrase), marked=has_mark(phrase)) for phrase in sorted(self._written)
        )
        self._database: hyperscan.Database | None = None

    def find(self, value: bytes) -> Span | None:
        """The phrase that ends first, and of several that end there the longest."""
        end = self._end_of_few(value) if len(self._written) <= _FEW else self._end(value)
        if end < 0:
            return None
        near = value[max(0, end - self._lengths[0]) : end].lower()
        for length in self._lengths:
            if near[-length:] in self._written and length <= len(near):
                return end - length, end
        return None  # pragma: no cover - one of them ends there

    def written(self, found: bytes) -> bytes:
        """A phrase that was found, as it stands in the list."""
        return self._written[found.lower()]

    def _end_of_few(self, value: bytes) -> int:
        lower = value.lower()
        end = -1
        for phrase in self._written:
            at = lower.find(phrase)
            if at >= 0 and (end < 0 or at + len(phrase) < end):
                end = at + len(phrase)
        return end

    def _end(self, value: bytes) -> int:
        database = self._database or self._compile()
        found: list[int] = []
        try:
            database.scan(value, _first, 0, found)
        except hyperscan.ScanTerminated:
            pass
        except hyperscan.error:  # its scratch is in use by another thread
            return self._end_of_few(value)
        return found[0] if found else -1

    def prepare(self, databases: Databases | None) -> None:
        """Make the automaton, or take it from where it was kept."""
        if len(self._written) > _FEW and self._database is None:
            self._compile(databases)

    def _compile(self, databases: Databases | None = None) -> hyperscan.Database:
        texts = [literal(phrase) for phrase in sorted(self._written)]
        key = b"phrases\0" + b"\0".join(texts)
        database = _kept(key, databases)
        if database is None:
            database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
            database.compile(expressions=texts, ids=list(range(len(texts))), flags=[hyperscan.HS_FLAG_CASELESS] * len(texts))
            if databases is not None:
                databases.put(key, hyperscan.dumpb(database))
        database.scratch = hyperscan.Scratch(database)
        self._database = database
        return database


def _kept(key: bytes, databases: Databases | None) -> hyperscan.Database | None:
    body = None if databases is None else databases.get(key)
    try:
        return None if body is None else hyperscan.loadb(body, hyperscan.HS_MODE_BLOCK)
    except hyperscan.error:
        return None
