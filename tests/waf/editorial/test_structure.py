from __future__ import annotations

import json
from typing import Any

import pytest

from edgeguard.waf.editorial.json_paths import compile_paths
from edgeguard.waf.editorial.separate import Separated


def shown(value: Any, kind: str = "auto") -> dict[bytes, str]:
    """How each text of a field is shown, by the text."""
    found = Separated(json.dumps({"body": value}).encode(), compile_paths({"body.**": kind}))  # type: ignore[dict-item]
    return {field.value: field.shown for field in found.fields}


@pytest.mark.parametrize(
    "tree",
    [
        {"schema": "dast", "document": {"type": "root", "children": [{"type": "span", "value": "TEXT"}]}},
        {"type": "doc", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "TEXT"}]}]},
        [{"type": "paragraph", "children": [{"text": "TEXT"}]}],
        {"root": {"type": "root", "children": [{"type": "paragraph", "children": [{"type": "text", "text": "TEXT"}]}]}},
        [{"_type": "block", "children": [{"_type": "span", "text": "TEXT", "marks": []}]}],
        {"nodeType": "document", "content": [{"nodeType": "text", "value": "TEXT", "marks": []}]},
        {"type": "doc", "content": [{"type": "codeBlock", "content": [{"type": "text", "text": "TEXT"}]}]},
        {"schema": "dast", "document": {"type": "root", "children": [{"type": "code", "code": "TEXT"}]}},
        {"time": 1, "version": "2", "blocks": [{"type": "code", "data": {"code": "TEXT"}}]},
    ],
)
def test_a_text_in_a_tree_is_a_text(tree: Any) -> None:
    assert shown(tree)[b"TEXT"] == "text"


@pytest.mark.parametrize(
    "tree",
    [
        {"type": "doc", "content": [{"type": "text", "text": "x", "marks": [{"type": "link", "attrs": {"href": "URL"}}]}]},
        {"schema": "dast", "document": {"type": "root", "children": [{"type": "link", "url": "URL", "children": []}]}},
        [{"type": "link", "url": "URL", "children": [{"text": "x"}]}],
        [{"_type": "block", "markDefs": [{"_type": "link", "href": "URL"}], "children": []}],
    ],
)
def test_an_address_in_a_tree_is_an_address(tree: Any) -> None:
    assert shown(tree)[b"URL"] == "url"


@pytest.mark.parametrize(
    "tree",
    [
        {"schema": "dast", "document": {"type": "root", "children": [{"type": "html", "value": "HTML"}]}},
        {"time": 1, "version": "2", "blocks": [{"type": "raw", "data": {"html": "HTML"}}]},
        {"time": 1, "version": "2", "blocks": [{"type": "paragraph", "data": {"text": "HTML"}}]},
        [{"type": "embed", "html": "HTML", "children": [{"text": ""}]}],
    ],
)
def test_html_in_a_tree_is_html(tree: Any) -> None:
    assert shown(tree)[b"HTML"] == "html"


def test_a_record_within_a_tree_has_fields_as_any() -> None:
    block = {"type": "block", "item": {"type": "item", "attributes": {"body": "FIELD", "code": "CODE"}}}
    found = shown({"schema": "dast", "document": {"type": "root", "children": [block]}})
    assert found[b"FIELD"] == "auto"
    assert found[b"CODE"] == "text"


def test_what_is_no_tree() -> None:
    assert shown({"type": "address", "street": "X", "url": "Y"}) == {b"address": "auto", b"X": "auto", b"Y": "auto"}
    assert shown("X") == {b"X": "auto"}


def test_a_profile_that_says_the_kind_wins() -> None:
    assert shown({"type": "doc", "content": [{"type": "text", "text": "X"}]}, "html")[b"X"] == "html"


def test_structured_takes_any_object_for_a_tree() -> None:
    assert shown({"a": {"text": "X", "href": "Y"}}, "structured") == {b"X": "text", b"Y": "url"}
