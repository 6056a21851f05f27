"""YAML as values that know their line. Scalars are read as YAML 1.2 reads them, as in the configuration; what they mean
to a rule, its reader knows. Aliases are taken, for patterns that several selections share; their expansion is bounded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import yaml

from edgeguard.config.document import plain_value
from edgeguard.config.rule_faults import RuleFault, RulesError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LARGEST = 4 * 1024 * 1024  # characters of a file; a thousand rules with tests have 1.5 million
_ITEMS = 500_000  # values of a file once aliases are followed


class Item(NamedTuple):
    """A value and the line where it, or its key, stands.

    `value` is a scalar, a list of items, or a dict of items by key.
    """

    value: object
    line: int

    @property
    def plain(self) -> object:
        """The value without lines."""
        if isinstance(self.value, dict):
            return {key: item.plain for key, item in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain for item in self.value]
        return self.value


def read_items(text: str, file: str) -> Item:
    """The file's one document; an empty file is an empty list.

    Raises:
        RulesError: it is no YAML, or a key stands twice.
    """
    if len(text) > _LARGEST:
        raise RulesError([RuleFault(file, 1, f"the file has more than {_LARGEST} characters")])
    try:
        root = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise RulesError([RuleFault(file, line, f"this is no YAML: {error.problem or error.context}")]) from None
    except yaml.YAMLError as error:
        raise RulesError([RuleFault(file, 1, f"this is no YAML: {' '.join(str(error).split())}")]) from None
    if root is None:
        return Item([], 1)
    builder = _Builder(file)
    item = builder.item(root, 0)
    if builder.faults:
        raise RulesError(builder.faults)
    return item


class _Builder:
    def __init__(self, file: str) -> None:
        self.file = file
        self.faults: list[RuleFault] = []
        self._items = 0

    def item(self, node: yaml.Node, depth: int, line: int | None = None) -> Item:
        self._items += 1
        here = node.start_mark.line + 1 if line is None else line
        if self._items > _ITEMS or depth > 64:
            raise RulesError([RuleFault(self.file, here, "too many values, or nested too deep")])
        if isinstance(node, yaml.MappingNode):
            return Item(dict(self._pairs(node, depth)), here)
        if isinstance(node, yaml.SequenceNode):
            return Item([self.item(child, depth + 1) for child in node.value], here)
        return Item(node.value if getattr(node, "style", None) else plain_value(node.value), here)

    def _pairs(self, node: yaml.MappingNode, depth: int) -> Iterator[tuple[str, Item]]:
        seen: set[str] = set()
        for key, value in node.value:
            line = key.start_mark.line + 1
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if not name:
                self.faults.append(RuleFault(self.file, line, "a key must be a word"))
            elif name in seen:
                self.faults.append(RuleFault(self.file, line, f"the key '{name}' stands twice"))
            else:
                seen.add(name)
                yield name, self.item(value, depth + 1, line if isinstance(value, yaml.ScalarNode) else None)
