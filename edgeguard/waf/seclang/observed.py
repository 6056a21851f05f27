"""Which variables of TX other rules look at, and what macros of other collections stand for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.syntax import Variable
from edgeguard.waf.targets.seclang.selection import Selection

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.actions.effect import Removal
    from edgeguard.waf.seclang.macros import Reference
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.seclang.selection import Supply


@dataclass(frozen=True, slots=True)
class Observed:
    """What rules that look at variables alone depend on.

    Attributes:
        names: of TX, in lower case.
        searches: for names that are meant by a pattern.
        elsewhere: patterns of rules that look at messages as well, each with its rule's number.
        removals: those that take away a rule which does something where nothing is found.
    """

    names: frozenset[bytes] = frozenset()
    searches: tuple[Callable[[bytes], object], ...] = ()
    elsewhere: tuple[tuple[int, Callable[[bytes], object]], ...] = ()
    removals: frozenset[Removal] = frozenset()

    def reads(self, name: bytes) -> bool:
        """Whether some rule may look at the variable."""
        return name in self.names or any(search(name) is not None for search in self.searches)

    def noticed(self, name: bytes, writer: int) -> bool:
        """Whether a rule other than the writer may look at the variable by a pattern."""
        return any(rule != writer and search(name) is not None for rule, search in self.elsewhere)


@lru_cache(maxsize=512)
def _selection(reference: Reference) -> Selection | None:
    try:
        key = reference.key.decode("utf-8", "replace")
        return Selection([Variable(reference.collection, key or None)])
    except Refused:
        return None


def macro(reference: Reference, seen: Seen, supply: Supply) -> bytes:
    """The first value of the variable that a macro names; empty where there is none."""
    selection = _selection(reference)
    if selection is None:
        return b""
    return next((value for _, value in selection.values(seen, supply)), b"")
