"""What a rule is known not to hold for, by the values it looks at.

Rules that take each field's name, or a type, and hold it against a list by way of a variable have no pattern that the gate could
ask for. But names and types are mostly the same ones: for those that the rule did not hold for once, it need not be asked again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.lanes import HEADS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.seclang.kind import VariableKind
    from edgeguard.waf.targets.seclang.selection import Part
    from edgeguard.waf.targets.sources import Pair, Source

KNOWN = 512  # keys of one rule
LONGEST = 1024  # bytes of a key that is worth keeping: 512 KB per rule at the most
PAIRS = 64  # of a key

Values = tuple["Pair", ...]


class Memo:
    """The values that a rule looks at, as a key, and the keys for which it does not hold; bounded."""

    __slots__ = ("_known", "_parts")

    def __init__(self, parts: Iterable[Part]) -> None:
        self._parts = tuple(parts)
        self._known: set[Values] = set()

    def key(self, seen: Seen) -> Values:
        """All that the rule would look at in what was seen."""
        if len(self._parts) == 1:
            return tuple(self._parts[0].pairs(seen, _nothing))
        return tuple(pair for part in self._parts for pair in (*part.pairs(seen, _nothing), _END))

    def knows(self, key: Values) -> bool:
        """Whether the rule does not hold for these values."""
        return key in self._known

    def note(self, key: Values) -> None:
        """The rule did not hold. A full memory starts anew: forgetting costs a look, never a miss."""
        if len(key) <= PAIRS and sum(len(name) + len(value) for name, value in key) <= LONGEST:
            if len(self._known) >= KNOWN:
                self._known.clear()
            self._known.add(key)


def memo_of(rule: ChainRule, follows_from: frozenset[Source] | None) -> Memo | None:
    """A memory for a rule that follows from lists of these sources alone; None where they are too many, or too long."""
    if follows_from is None or not follows_from <= HEADS:
        return None
    return Memo(part for link in rule.links if link.selection for part in link.selection.parts if part.kind.sources)


def _nothing(_: VariableKind, __: bytes | None) -> tuple[Pair, ...]:
    return ()


_END: Pair = (b"", b"\n")  # no field has it: where one part's values end
