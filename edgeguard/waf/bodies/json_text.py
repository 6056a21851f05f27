"""JSON, flattened: every key and every scalar with its path. Of keys given twice both are seen, as origins differ in which one
they take. What RFC 8259 does not allow (NaN, comments, control characters in strings) is unparsable.

The two rule languages name values differently, so that a document is flattened when one of them asks, and once for each.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from edgeguard.waf.bodies.content import TooMany, TooMuch, Unparsable
from edgeguard.waf.bodies.octet_pattern import octet_pattern
from edgeguard.waf.transformations.js_decode import js_decode

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.targets.sources import Pair

# Characters of a path: a long key with thousands of values below it would stand in the path of each, a gigabyte in all.
_PATH = 512  # but for the last key, which no other path repeats
_PLACES = tuple(b".array_%d" % number for number in range(256))
_string = octet_pattern(rb'(?:[^"\\]|\\.|\\$)*').match
_WORDS: dict[object, bytes] = {True: b"true", False: b"false", None: b"null"}
_ARGUMENT_WORDS: dict[object, bytes] = {True: b"true", False: b"false", None: b""}


class _Withheld:
    """Stands in a document for a value that was taken out of it: keys and paths stay, the value is looked at elsewhere."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "WITHHELD"


WITHHELD = _Withheld()


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


# Objects come as tuples of pairs, so that no key is lost; numbers stay text, so that no digit is.
_decode = json.JSONDecoder(object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=_refuse).decode


class JsonDocument:
    """A document, seen as far as `depth` and `values` go.

    Attributes:
        withheld: the names that values which were taken out had among `arguments`; known once these were asked for.
    """

    __slots__ = ("_arguments", "_depth", "_keys", "_most", "_root", "_values", "withheld")

    def __init__(self, root: Any, depth: int, values: int) -> None:
        self._root = root
        self._depth = depth
        self._most = values
        self.withheld: list[bytes] = []
        self._keys: list[Pair] | None = None
        self._values: list[Pair] | None = None
        self._arguments: list[Pair] | None = None

    def keys(self) -> list[Pair]:
        """Each key once, with itself as its name."""
        if self._keys is None:
            self._flatten()
        return self._keys or []

    def values(self) -> list[Pair]:
        """Scalars, each with its path: keys joined by dots, no indices."""
        if self._values is None:
            self._flatten()
        return self._values or []

    def arguments(self) -> list[Pair]:
        """Scalars under ModSecurity's names: `json.items.array_0.title`; null is empty text."""
        if self._arguments is None:
            try:
                self._arguments, self.withheld = _arguments(self._root, self._depth, self._most, str.encode)
            except UnicodeEncodeError:
                self._arguments, self.withheld = _arguments(self._root, self._depth, self._most, _halves)
        return self._arguments

    @property
    def root(self) -> Any:
        """Objects as tuples of pairs, numbers as text."""
        return self._root

    def replaced(self, root: Any) -> JsonDocument:
        """Within the same bounds, a document in which values are `WITHHELD`."""
        return JsonDocument(root, self._depth, self._most)

    def beyond(self) -> TooMuch | None:
        """What goes beyond the bounds; None where nothing does."""
        waiting = [self._root]
        budget = self._most
        for _ in range(self._depth):
            below: list[Any] = []
            for node in waiting:
                if type(node) is tuple:
                    budget -= len(node)
                    below += [value for _, value in node if type(value) is tuple or type(value) is list]
                elif type(node) is list:
                    budget -= len(node)
                    below += [value for value in node if type(value) is tuple or type(value) is list]
            if budget < 0:
                return TooMany(f"more than {self._most} values")
            if not below:
                return None
            waiting = below
        return TooMuch(f"nested deeper than {self._depth}") if any(waiting) else None

    def _flatten(self) -> None:
        try:
            self._values, keys = _values(self._root, self._depth, self._most, str.encode)
        except UnicodeEncodeError:
            self._values, keys = _values(self._root, self._depth, self._most, _halves)
        self._keys = [(key, key) for key in keys.values()]


def _halves(text: str) -> bytes:
    """Text with half of a surrogate pair in it, which JSON may escape."""
    return text.encode("utf-8", "surrogatepass")


def _values(root: Any, depth: int, budget: int, encode: Callable[[str], bytes]) -> tuple[list[Pair], dict[str, bytes]]:
    keys: dict[str, bytes] = {}
    found: list[Pair] = []
    waiting: list[tuple[bytes, Any, int]] = [(b"", root, 1)]
    while waiting:
        path, node, level = waiting.pop()
        kind = type(node)
        if kind is tuple or kind is list:
            budget -= len(node)
            if level > depth or budget < 0:
                continue
            level += 1
            if kind is list:
                waiting += [(path, item, level) for item in reversed(node)]
                continue
            prefix = path + b"." if path else b""
            for name, value in node:
                key = keys.get(name)
                if key is None:
                    key = keys[name] = encode(name)
                if type(value) is str:
                    found.append((prefix + key, encode(value)))
                else:
                    waiting.append(((prefix + key)[:_PATH], value, level))
        elif node is not WITHHELD:
            found.append((path, encode(node) if kind is str else _WORDS[node]))
    return found, keys


def _arguments(root: Any, depth: int, budget: int, encode: Callable[[str], bytes]) -> tuple[list[Pair], list[bytes]]:
    found: list[Pair] = []
    withheld: list[bytes] = []
    waiting: list[tuple[bytes, Any, int]] = [(b"json", root, 1)]
    while waiting:
        path, node, level = waiting.pop()
        kind = type(node)
        if kind is tuple or kind is list:
            budget -= len(node)
            if level > depth or budget < 0:
                continue
            level += 1
            if kind is list:
                for number, item in enumerate(node):
                    if len(path) >= _PATH:
                        place = path  # the same object for all, which is then looked at once
                    else:
                        place = path + (_PLACES[number] if number < len(_PLACES) else b".array_%d" % number)
                    if type(item) is str:
                        found.append((place, encode(item)))
                    else:
                        waiting.append((place[:_PATH], item, level))
                continue
            prefix = path + b"."
            for name, value in node:
                place = prefix + (encode(name) or b"empty-key")
                if type(value) is str:
                    found.append((place, encode(value)))
                else:
                    waiting.append((place[:_PATH], value, level))
        elif node is WITHHELD:
            withheld.append(path)
        else:
            found.append((path, encode(node) if kind is str else _ARGUMENT_WORDS[node]))
    return found, withheld


def parse(text: bytes, content: Content, depth: int, values: int) -> None:
    """Fill `content.json`.

    Raises:
        Unparsable: this is no JSON.
        TooMuch: nested deeper than `depth`; what stands above is filled in.
        TooMany: more than `values` scalars and keys; those before are filled in.
    """
    try:
        root = _decode(text.decode())
    except RecursionError:
        raise TooMuch("nested too deep to parse") from None
    except ValueError:  # of decoding UTF-8, of JSON, and of NaN alike
        raise Unparsable("no JSON") from None
    document = content.json = JsonDocument(root, depth, values)
    # There are no more values than bytes, and no more levels than brackets: most bodies need no second look.
    brackets = len(text) - len(text.translate(None, b"{["))
    if (brackets > depth or len(text) > values) and (told := document.beyond()):
        raise told


def parse_lines(text: bytes, content: Content, depth: int, values: int) -> None:
    """Fill `content.json` from a document a line (JSON Lines), or behind record separators (RFC 7464), as if it were one list.

    Raises:
        Unparsable, TooMuch: as `parse`.
    """
    lines = [line for line in text.replace(b"\x1e", b"\n").split(b"\n") if line.strip(b" \t\r")]
    parse(b"[" + b",".join(lines) + b"]", content, depth, values)


def strings(text: bytes, most: int) -> list[Pair]:
    """What stands between quotes in text that is nearly JSON, escapes undone: keys and values alike, `most` of them."""
    found: list[Pair] = []
    start = text.find(b'"')
    while start >= 0 and len(found) < most:
        end = closing(text, start + 1)
        found.append((b"", js_decode(text[start + 1 : end])))
        start = text.find(b'"', end + 1)
    return found


def closing(text: bytes, at: int) -> int:
    """Where the string that begins at `at` ends; the end of the text where it is not closed."""
    end = text.find(b'"', at)
    if end < 0:
        return len(text)
    if end == at or text[end - 1] != 0x5C:
        return end
    return int(_string(text, at).end())
