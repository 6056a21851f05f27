"""Directives that take rules out or change them, and which rules they mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.said import number
from edgeguard.waf.seclang.words import shown

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.seclang.draft import RuleDraft
    from edgeguard.waf.seclang.said import Said
    from edgeguard.waf.seclang.syntax import Place, Variable

Kind = Literal["remove", "target", "action"]

_RANGES: Final = 1000  # each rule is compared with each range
_MOST: Final = 10**18


@dataclass(slots=True)
class Change:
    """One such directive.

    Attributes:
        order: how many changes were read before it.
        position: how many rules were read before it.
        rules, later: how many rules it met, and how many of those were read after it.
    """

    kind: Kind
    place: Place
    order: int
    position: int
    variables: tuple[Variable, ...] = ()
    said: Said | None = None
    rules: int = 0
    later: int = 0


class Changes:
    """All changes, found by what they look for. They meet rules read later too, as in libmodsecurity."""

    def __init__(self) -> None:
        self.all: list[Change] = []
        self._ids: dict[int, list[Change]] = {}
        self._ranges: list[tuple[int, int, Change]] = []
        self._tags: dict[str, list[Change]] = {}
        self._messages: dict[str, list[Change]] = {}

    def begin(self) -> None:
        """Count rules met anew."""
        for change in self.all:
            change.rules = change.later = 0

    def by_id(self, change: Change, texts: Iterable[str]) -> None:
        """Add one that looks for ids: `5`, `5-9`, `5,7-9`.

        Raises:
            Refused: one is neither an id nor a range, or there are too many ranges.
        """
        spans = [_span(part) for text in texts for part in text.replace(",", " ").split()]
        if not spans:
            raise Refused("an id is missing")
        if len(self._ranges) + sum(least != most for least, most in spans) > _RANGES:
            raise Refused(f"there are more than {_RANGES} ranges of ids")
        for least, most in spans:
            if least == most:
                self._ids.setdefault(least, []).append(change)
            else:
                self._ranges.append((least, most, change))
        self.all.append(change)

    def by_tag(self, change: Change, tag: str) -> None:
        """Add one that looks for a tag."""
        self._tags.setdefault(tag, []).append(change)
        self.all.append(change)

    def by_message(self, change: Change, message: str) -> None:
        """Add one that looks for a message."""
        self._messages.setdefault(message, []).append(change)
        self.all.append(change)

    def of_rule(self, draft: RuleDraft) -> tuple[bool, list[Said], list[list[Variable]]]:
        """What changes make of a rule: whether it goes, actions to lay over it, and more variables for each of its links.

        Ids mean the first link; tags and messages mean the links that have them, and a whole rule only by its first link.
        """
        first = draft.links[0].said
        met = self._saying(first)
        met += self._ids.get(draft.id, ())
        met += [change for least, most, change in self._ranges if least <= draft.id <= most]
        met = _in_order(met)
        for change in met:
            change.rules += 1
            change.later += draft.position >= change.position
        targets = [_variables(met)]
        targets += [_variables(_in_order(self._saying(link.said))) for link in draft.links[1:]]
        removed = any(change.kind == "remove" for change in met)
        return removed, [change.said for change in met if change.said is not None], targets

    def _saying(self, said: Said) -> list[Change]:
        met: list[Change] = []
        for tag in said.tags:
            met += self._tags.get(tag, ())
        return met + self._messages.get(said.message, [])


def _in_order(changes: list[Change]) -> list[Change]:
    return sorted({change.order: change for change in changes}.values(), key=lambda change: change.order) if changes else changes


def _variables(changes: list[Change]) -> list[Variable]:
    return [variable for change in changes for variable in change.variables]


def _span(text: str) -> tuple[int, int]:
    least, dash, most = text.partition("-")
    try:
        span = number(least, "an id", 1, _MOST), number(most if dash else least, "an id", 1, _MOST)
    except Refused:
        raise Refused(f"'{shown(text)}' is neither an id nor a range such as 100-199") from None
    if span[0] > span[1]:
        raise Refused(f"the range {shown(text)} ends before it begins")
    return span
