"""Takes content fields out of a parsed document: their values become a list of their own, and all else stays as it is.

Only a body that was parsed as a whole and without a doubt has content fields: where a key stands twice in an object, where the
charset is not UTF-8, or where the parser gave up, there are none, and everything is inspected as always.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from edgeguard.waf.bodies.json_text import WITHHELD
from edgeguard.waf.editorial.structure import setting_below, shown_as

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


class Separated:
    """What came of a document.

    Attributes:
        root: the document, with `WITHHELD` in the place of each content field's value.
        fields: what was taken out, in the document's order.
        documents: of GraphQL, that were taken out likewise.
        numbers: which of the document's strings these are, keys counted too, from 0 on.
    """

    __slots__ = ("_count", "documents", "fields", "numbers", "root")

    def __init__(self, root: Any, node: Node) -> None:
        """Separate.

        Raises:
            Doubtful: see there.
        """
        self.fields: list[ContentField] = []
        self.documents: list[bytes] = []
        self.numbers: set[int] = set()
        self._count = 0
        self.root = self._walk(root, node, b"", None, "auto", 0, (), "")

    def _walk(
        self, value: Any, node: Node, path: bytes, key: str | None, setting: Setting, level: int, parent: Object, name: str
    ) -> Any:
        kind = type(value)
        if kind is str:
            return self._text(value, node.kind, path, setting, parent, name)
        if kind is not tuple and kind is not list:
            return value
        if level > _DEEPEST:
            raise Doubtful
        if kind is list:
            return [self._walk(item, node, path, key, setting, level + 1, parent, name) for item in value]
        if len({member for member, _ in value}) < len(value):
            raise Doubtful
        below: Setting = setting if node.kind is None else setting_below(value, setting, key)
        made = []
        for member, inner in value:
            self._count += 1
            encoded = member.encode("utf-8", "surrogatepass")
            place = path + b"." + encoded if path else encoded
            made.append((member, self._walk(inner, node.step(member), place, member, below, level + 1, value, member)))
        return tuple(made)

    def _text(self, value: str, kind: str | None, path: bytes, setting: Setting, parent: Object, name: str) -> Any:
        number = self._count
        self._count += 1
        if kind is None or kind == "inspect":
            return value
        self.numbers.add(number)
        if kind == "graphql":
            self.documents.append(value.encode("utf-8", "surrogatepass"))
            return WITHHELD
        shown: str = kind
        if kind in ("auto", "structured"):
            shown = shown_as(parent, name, "tree" if kind == "structured" and setting == "auto" else setting)
        self.fields.append(ContentField(path, value.encode("utf-8", "surrogatepass"), shown))
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
