"""What a family of targets tells: its sources with their extractors, and its targets' names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair, Source

    Extractor = Callable[[Seen], Sequence[Pair]]


@dataclass(frozen=True, slots=True)
class Kind:
    """A target as rules can name it.

    Attributes:
        says: what it holds, for the rule reference.
        keyed: may be followed by `:name`, for the values of that name only.
        without: for headers, the names that are left out when no name is given.
    """

    name: str
    sources: tuple[Source, ...]
    says: str
    keyed: bool = False
    without: frozenset[bytes] = frozenset()


@dataclass(frozen=True, slots=True)
class Family:
    """Some kinds and the extractors of the sources that are this family's own."""

    extractors: dict[Source, Extractor]
    kinds: tuple[Kind, ...]
