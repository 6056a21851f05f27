"""Which expressions share a database, and all databases of a ruleset at once: from disk, or compiled side by side.

Compiling takes much longer than in proportion to what one database holds, and each database that a value is scanned with takes
half a microsecond of its own. So a few hundred patterns and all phrases go into one. Patterns that need a mark
(`expression.PLAIN`) have their own, as most values have none; and so have those for words in disguise, of which too many
together get in each other's way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.gate import Gate, compiled, key_of, read
from edgeguard.waf.side_by_side import side_by_side

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from edgeguard.waf.databases import Databases
    from edgeguard.waf.expression import Expression

_PHRASE = 60  # bytes of a text up to which it counts as a phrase, which costs next to nothing
_TOGETHER = 64  # patterns that are no phrases; so many are not worth a second database
_PATTERNS = 256  # of one database at the most
_BARE = 16  # patterns for which one for bare values counts
_FORKED = 100_000  # bytes of text that take a second to compile; less is done here

Set = tuple["Expression", ...]


def divided(expressions: Iterable[Expression]) -> list[Set]:
    """Each expression once, in sets of one database each and an order that is the same at every start."""
    every = sorted(set(expressions), key=lambda each: (each.text, each.beyond, each.least, each.bare, each.marked))
    weight = sum(_BARE if each.bare else 1 for each in every if len(each.text) > _PHRASE)
    if weight <= _TOGETHER:
        return [tuple(every)] if every else []
    plain = [each for each in every if not each.marked]
    marked = [each for each in every if each.marked and not each.bare]
    bare = [each for each in every if each.marked and each.bare]
    return [*_parted(plain, _PATTERNS), *_parted(marked, _PATTERNS), *_parted(bare, _PATTERNS // _BARE)]


def _parted(expressions: list[Expression], most: int) -> list[Set]:
    """The phrases and a fair part of the patterns, and the other parts."""
    phrases = [each for each in expressions if len(each.text) <= _PHRASE]
    patterns = [each for each in expressions if len(each.text) > _PHRASE]
    count = max(-(-len(patterns) // most), 1)
    size = max(-(-len(patterns) // count), 1)
    parts = [tuple(patterns[at : at + size]) for at in range(0, len(patterns), size)]
    return [(*phrases, *parts[0]), *parts[1:]] if parts else [tuple(phrases)] if phrases else []


def make_gates(sets: Collection[Set], databases: Databases | None) -> dict[Set, Gate]:
    """A gate for each set; what had to be compiled is kept."""
    found: dict[Set, Gate] = {}
    missing: list[Set] = []
    for expressions in dict.fromkeys(sets):
        body = None if databases is None else databases.get(key_of(expressions))
        made = None if body is None else read(body)
        if made is None:
            missing.append(expressions)
        else:
            found[expressions] = Gate(expressions, made)
    missing.sort(key=_size, reverse=True)
    few = sum(map(_size, missing)) < _FORKED
    bodies = side_by_side(lambda task: compiled(missing[task]), range(len(missing)), 1 if few else None)
    for task, expressions in enumerate(missing):
        body = bodies.get(task) or compiled(expressions)
        if databases is not None:
            databases.put(key_of(expressions), body)
        found[expressions] = Gate(expressions, read(body))
    return found


def _size(expressions: Set) -> int:
    return sum(len(each.text) for each in expressions)
