"""Content fields are exactly those values that the paths name: over random documents and paths, beside a plain reading."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.bodies.content import Content
from edgeguard.waf.bodies.json_text import parse
from edgeguard.waf.editorial.json_paths import compile_paths
from edgeguard.waf.editorial.raw import without_strings
from edgeguard.waf.editorial.separate import Separated

KEYS = st.sampled_from(
    ["data", "attributes", "title", "a.b", "*", "", "type", "children", "code", "url", "blocks", "version", 'ü"\\']
)
TEXTS = st.text(max_size=6)
DOCUMENTS = st.recursive(
    st.one_of(TEXTS, st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.booleans(), st.none()),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(KEYS, inner, max_size=4)),
    max_leaves=24,
)
STEPS = st.sampled_from(["data", "attributes", "title", "*", "**", "children"])
PATTERNS = st.dictionaries(
    st.lists(STEPS, min_size=1, max_size=4).map(".".join), st.sampled_from(["auto", "text", "inspect", "structured"]), max_size=3
)


def fits(steps: list[str], keys: list[str]) -> bool:
    """The slow reading of one pattern."""
    if not steps:
        return not keys
    if steps[0] == "**":
        return any(fits(steps[1:], keys[at:]) for at in range(len(keys) + 1))
    return bool(keys) and steps[0] in ("*", keys[0]) and fits(steps[1:], keys[1:])


def texts(value: Any, keys: list[str], patterns: dict[str, str]) -> tuple[list[str], Any]:
    """The texts that are content, in order, and the document with these emptied."""
    if isinstance(value, str):
        kind = next((kind for pattern, kind in patterns.items() if fits(pattern.split("."), keys)), None)
        return ([], value) if kind in (None, "inspect") else ([value], "")
    found: list[str] = []
    if isinstance(value, list):
        made = []
        for item in value:
            inner, left = texts(item, keys, patterns)
            found += inner
            made.append(left)
        return found, made
    if isinstance(value, dict):
        members = {}
        for key, item in value.items():
            inner, members[key] = texts(item, [*keys, key], patterns)
            found += inner
        return found, members
    return [], value


def values(document: bytes, separated: Separated | None = None) -> list[tuple[bytes, bytes]]:
    content = Content(document)
    parse(document, content, 64, 10_000)
    assert content.json is not None
    return (content.json if separated is None else content.json.replaced(separated.root)).values()


@given(DOCUMENTS, PATTERNS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_content_is_exactly_what_the_paths_name(document: Any, patterns: dict[str, str], ascii_only: bool) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")
    expected, left = texts(document, [], patterns)
    found = Separated(text, compile_paths(patterns))  # type: ignore[arg-type]
    assert [field.value.decode("utf-8", "surrogatepass") for field in found.fields] == expected
    assert json.loads(without_strings(text, found.numbers)) == left
    taken = sorted((field.path, field.value) for field in found.fields)
    assert sorted([*values(text, found), *taken]) == sorted(values(text))
