"""The texts of a test's request, each with the place where it stands, and the same request with another text there."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Place = tuple[str | int, ...]
KINDS: Final = ("path", "query", "headers", "cookies", "form", "json", "multipart", "body")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A text and where it stands: `("query", "id")`, `("json", "user", 0, "name")`, `("path",)`."""

    place: Place
    text: str

    @property
    def kind(self) -> str:
        """The test's key that it belongs to."""
        return str(self.place[0])

    def replaced(self, description: Mapping[str, Any], text: object) -> dict[str, Any]:
        """The request with another value in this place."""
        made = copy.deepcopy(dict(description))
        holder: Any = made
        for key in self.place[:-1]:
            holder = holder[key]
        holder[self.place[-1]] = text
        return made


def leaves(description: Mapping[str, Any]) -> list[Leaf]:
    """All texts of a request that a client chooses, in the order of `KINDS`."""
    return [leaf for kind in KINDS if kind in description for leaf in _below((kind,), description[kind])]


def _below(place: Place, value: object) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, child in value.items():
            yield from _below((*place, key), child)
    elif isinstance(value, list):
        for number, child in enumerate(value):
            yield from _below((*place, number), child)
    elif isinstance(value, str) and value:
        yield Leaf(place, value)
