"""The documents of a request, each with those of its variables that are whole numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import orjson

from edgeguard.waf.targets.query import split_pairs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edgeguard.waf.targets.sources import Pair

_MOST_VARIABLES = 1000  # numbers that are looked at; documents have some dozen
_DIGITS = 12


class Asked(NamedTuple):
    """One document."""

    document: bytes
    variables: Mapping[str, int]


def in_json(root: Any) -> list[Asked]:
    """Those of a JSON body: an object with `query`, or a list of such. Objects are tuples of pairs, numbers text."""
    entries = root if type(root) is list else [root]
    found = []
    for entry in entries:
        if type(entry) is not tuple:
            continue
        variables = _numbers([pair for key, value in entry if key == "variables" and type(value) is tuple for pair in value])
        found += [
            Asked(value.encode("utf-8", "surrogatepass"), variables)
            for key, value in entry
            if key == "query" and type(value) is str
        ]
    return found


def in_pairs(pairs: Sequence[Pair]) -> list[Asked]:
    """Those of a query or a form."""
    documents = [value for name, value in pairs if name == b"query"]
    if not documents:
        return []
    variables: dict[str, int] = {}
    for name, value in pairs:
        if name == b"variables":
            try:
                read = orjson.loads(value)
            except ValueError:
                continue
            if isinstance(read, dict):
                variables |= _numbers([(key, str(each)) for key, each in read.items() if type(each) is int])
    return [Asked(document, variables) for document in documents]


def in_query(query: bytes | None) -> list[Asked]:
    """Those of the request's query."""
    return in_pairs(split_pairs(query)) if query else []


def _numbers(pairs: Sequence[tuple[str, Any]]) -> dict[str, int]:
    """Of a name that stands twice, the larger one."""
    found: dict[str, int] = {}
    for name, value in pairs[:_MOST_VARIABLES]:
        if type(value) is str and value.isascii() and value.isdigit():
            found[name] = max(found.get(name, 0), int(value) if len(value) <= _DIGITS else 10**_DIGITS)
    return found
