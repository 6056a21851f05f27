"""Takes content fields out of a parsed document: their values become a list of their own, and all else stays as it is.

Only a body that was parsed as a whole and without a doubt has content fields: where a key stands twice in an object, where the
charset is not UTF-8, or where the parser gave up, there are none, and everything is inspected as always.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from edgeguard.waf.bodies.json_text import WITHHELD
from edgeguard.waf.editorial.structure import kind_of, setting_below, shown_as

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgeguard.config.model import ContentKind
    from edgeguard.waf.editorial.json_paths import Node
    from edgeguard.waf.editorial.structure import Object, Setting
    from edgeguard.waf.targets.sources import Pair

_DEEPEST = 256  # levels that are walked; `body_depth` is 64 by default


class ContentField(NamedTuple):
    """A value that is an editor's text, with its path and how it is shown: `markdown` where the profile says so."""

    path: bytes
    value: bytes
    shown: str


class Doubtful(Exception):
    """The document could be read in two ways, or is nested too deep."""


class Number(str):
    """A number of JSON, which is no string."""

    __slots__ = ()


_decode = json.JSONDecoder(object_pairs_hook=tuple, parse_int=Number, parse_float=Number).decode


class Separated:
    """What came of a document.

    Attributes:
        root: the document, with `WITHHELD` in the place of each content field's value.
        fields: what was taken out, in the document's order.
        documents: of GraphQL, that were taken out likewise.
        numbers: which of the document's strings these are, keys counted too, from 0 on.
    """

    __slots__ = ("_count", "documents", "fields", "numbers", "root")

    def __init__(self, text: bytes, node: Node) -> None:
        """Separate `text`, which is JSON in UTF-8 and has been read before.

        Raises:
            Doubtful: see there.
        """
        self.fields: list[ContentField] = []
        self.documents: list[bytes] = []
        self.numbers: set[int] = set()
        self._count = 0
        try:
            self.root = self._value(_decode(text.decode()), node, b"", "auto", 0, "", "")
        except (ValueError, RecursionError):
            raise Doubtful from None

    def _value(self, value: Any, node: Node, path: bytes, setting: Setting, level: int, kind: str, name: str) -> Any:
        """A value, which is the member `name` of an object that calls itself `kind`, at a place of the automaton."""
        form = type(value)
        if form is str:
            return self._text(value, node.kind, path, setting, kind, name)
        if form is tuple:
            return self._object(value, node, path, setting, level + 1, name)
        if form is list:
            if level > _DEEPEST:
                raise Doubtful
            return [self._value(item, node, path, setting, level + 1, kind, name) for item in value]
        return str(value) if form is Number else value

    def _object(self, value: Object, node: Node, path: bytes, setting: Setting, level: int, name: str) -> Object:
        if level > _DEEPEST or len({member for member, _ in value}) < len(value):
            raise Doubtful
        below: Setting = setting if node.kind is None else setting_below(value, setting, name)
        kind = kind_of(value) if below != "auto" or node.kind == "structured" else ""
        made = []
        named, other = node.named, node.other
        for member, inner in value:
            self._count += 1
            child = named.get(member, other)
            if type(inner) is str and child.kind is None:
                self._count += 1
                made.append((member, inner))
                continue
            encoded = member.encode("utf-8", "surrogatepass")
            place = path + b"." + encoded if path else encoded
            made.append((member, self._value(inner, child, place, below, level, kind, member)))
        return tuple(made)

    def _text(self, value: str, field: str | None, path: bytes, setting: Setting, kind: str, name: str) -> Any:
        number = self._count
        self._count += 1
        if field is None or field == "inspect":
            return value
        self.numbers.add(number)
        encoded = value.encode("utf-8", "surrogatepass")
        if field == "graphql":
            self.documents.append(encoded)
            return WITHHELD
        shown: str = field
        if field == "auto":
            shown = shown_as(kind, name, setting)
        elif field == "structured":
            shown = shown_as(kind, name, "tree" if setting == "auto" else setting)
        self.fields.append(ContentField(path, encoded, shown))
        return WITHHELD


def separate_form(pairs: list[Pair], kinds: Mapping[bytes, ContentKind]) -> tuple[list[Pair], list[ContentField]]:
    """The fields of a form that are inspected as always, and those that are content."""
    kept: list[Pair] = []
    fields: list[ContentField] = []
    for name, value in pairs:
        kind = kind_of_field(name, kinds)
        if kind is None or kind == "inspect":
            kept.append((name, value))
        else:
            fields.append(ContentField(name, value, "text" if kind == "structured" else kind))
    return kept, fields


def kind_of_field(name: bytes, kinds: Mapping[bytes, ContentKind]) -> ContentKind | None:
    """By name; a `*` at a pattern's end fits any rest."""
    for pattern, kind in kinds.items():
        if name == pattern or (pattern.endswith(b"*") and name.startswith(pattern[:-1])):
            return kind
    return None
