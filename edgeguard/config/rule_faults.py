"""What is wrong with rule files, told with file and line so that a person can act on it; nothing of the request path.

Rules of every kind are told of in this way, whichever room reads them.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, slots=True, order=True)
class RuleFault:
    """One thing that is wrong.

    Attributes:
        file: the file as it was named to the loader.
        line: counted from 1.
        text: what is wrong, and what would be right where that is known.
    """

    file: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.text}"


class RulesError(Exception):
    """Rules that don't load; everything found wrong with them, in the order of files and lines."""

    def __init__(self, faults: Iterable[RuleFault]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("\n".join(str(fault) for fault in self.faults))


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence for a name nobody knows, with the nearest known one."""
    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"; did you mean '{near[0]}'?" if near else f"; known: {', '.join(names)}" if len(names) <= 20 else ""
    return f"unknown {kind} '{name}'{hint}"
