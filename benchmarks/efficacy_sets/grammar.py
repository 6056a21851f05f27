"""A tiny grammar language: text with productions in ⟦brackets⟧, chosen by a seeded random.

    ⟦name⟧          one of the productions of the rule `name`
    ⟦=name⟧         the same, but chosen once for the whole text, so that it can stand in several places
    ⟦|a|b|c⟧        one of these
    ⟦filter:text⟧   the text (after its own brackets are expanded) through a filter of `filters`

Rules are lists, or blocks of text with one production a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from efficacy_sets.filters import FILTERS

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

OPEN, CLOSE = "⟦", "⟧"
Productions = list[str]


class Grammar:
    """Rules by name, and the random that chooses among them."""

    def __init__(self, rules: Mapping[str, Productions], random: Random) -> None:
        self._rules = dict(rules)
        self.random = random

    def with_rules(self, more: Mapping[str, Productions]) -> Grammar:
        """The same with other rules beside these, or in their place."""
        return Grammar(self._rules | dict(more), self.random)

    def choose(self, name: str, kept: dict[str, str] | None = None) -> str:
        """One full expansion of a rule.

        Raises:
            KeyError: there is no such rule.
        """
        return self.expand(self.random.choice(self._rules[name]), kept)

    def expand(self, text: str, kept: dict[str, str] | None = None) -> str:
        """The text with every bracket expanded, from the inside outwards."""
        kept = {} if kept is None else kept
        while (end := text.find(CLOSE)) >= 0:
            start = text.rindex(OPEN, 0, end)
            text = text[:start] + self._value(text[start + 1 : end], kept) + text[end + 1 :]
        return text

    def _value(self, inside: str, kept: dict[str, str]) -> str:
        if inside.startswith("|"):
            return self.random.choice(inside[1:].split("|"))
        if inside.startswith("="):
            name = inside[1:]
            if name not in kept:
                kept[name] = self.choose(name, kept)
            return kept[name]
        name, colon, text = inside.partition(":")
        if colon and name in FILTERS:
            return FILTERS[name](text, self.random)
        return self.choose(inside, kept)


def productions(value: object) -> Productions:
    """A rule as the YAML has it: a list as it is, a block of text line by line."""
    if isinstance(value, list):
        return [str(item) for item in value]
    return [line for line in str(value).splitlines() if line]
