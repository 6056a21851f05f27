"""JSON, flattened: every key and every scalar with its path. Of keys given twice both are seen, as origins differ in which one
they take. What RFC 8259 does not allow (NaN, comments, control characters in strings) is unparsable.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

from edgeguard.waf.bodies.content import TooMuch, Unparsable
from edgeguard.waf.transformations.js_decode import js_decode

if TYPE_CHECKING:
    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.targets.sources import Pair

# Characters of a path: a long key with thousands of values below it would stand in the path of each, a gigabyte in all.
_PATH = 512
_WORDS = {True: b"true", False: b"false", None: b"null"}


def _refuse(word: str) -> NoReturn:
    raise ValueError(word)


# Objects come as tuples of pairs, so that no key is lost; numbers stay text, so that no digit is.
_decode = json.JSONDecoder(object_pairs_hook=tuple, parse_int=str, parse_float=str, parse_constant=_refuse).decode


def parse(text: bytes, content: Content, depth: int, values: int) -> None:
    """Fill `content.json_keys` and `content.json_values`.

    Raises:
        Unparsable: this is no JSON.
        TooMuch: nested deeper than `depth`, or more than `values` scalars and keys; those before are filled in.
    """
    try:
        root = _decode(text.decode())
    except RecursionError:
        raise TooMuch("nested too deep to parse") from None
    except ValueError:  # of decoding UTF-8, of JSON, and of NaN alike
        raise Unparsable("no JSON") from None
    _flatten(root, content, depth, values)


def _flatten(root: Any, content: Content, depth: int, values: int) -> None:
    keys: dict[bytes, None] = {}
    found = content.json_values
    waiting: list[tuple[str, Any, int]] = [("", root, 1)]
    budget = values
    try:
        while waiting:
            path, node, level = waiting.pop()
            kind = type(node)
            if level > depth and kind is not str and node:
                raise TooMuch(f"nested deeper than {depth}")
            if kind is tuple:
                prefix = path + "." if path else ""
                budget -= len(node)
                if budget < 0:
                    raise TooMuch(f"more than {values} values")
                for key, value in node:
                    keys[key.encode("utf-8", "surrogatepass")] = None
                    place = (prefix + key)[:_PATH]
                    if type(value) is str:
                        found.append((place.encode("utf-8", "surrogatepass"), value.encode("utf-8", "surrogatepass")))
                    else:
                        waiting.append((place, value, level + 1))
            elif kind is list:
                budget -= len(node)
                if budget < 0:
                    raise TooMuch(f"more than {values} values")
                waiting.extend((path, item, level + 1) for item in reversed(node))
            else:
                value = node.encode("utf-8", "surrogatepass") if kind is str else _WORDS[node]
                found.append((path.encode("utf-8", "surrogatepass"), value))
    finally:
        content.json_keys = [(key, key) for key in keys]


def strings(text: bytes, most: int) -> list[Pair]:
    """What stands between quotes in text that is nearly JSON, escapes undone: keys and values alike, `most` of them."""
    found: list[Pair] = []
    start = text.find(b'"')
    while start >= 0 and len(found) < most:
        end = _closing(text, start + 1)
        found.append((b"", js_decode(text[start + 1 : end])))
        start = text.find(b'"', end + 1)
    return found


def _closing(text: bytes, at: int) -> int:
    """Where the string that begins at `at` ends; the end of the text where it is not closed."""
    start = at
    while True:
        end = text.find(b'"', at)
        if end < 0:
            return len(text)
        before = end
        while before > start and text[before - 1] == 0x5C:
            before -= 1
        if (end - before) % 2 == 0:
            return end
        at = start = end + 1
