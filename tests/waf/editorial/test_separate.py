from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.bodies.json_text import WITHHELD
from edgeguard.waf.editorial.json_paths import compile_paths
from edgeguard.waf.editorial.separate import ContentField, Doubtful, Separated, separate_form

ATTRIBUTES = compile_paths({"data.attributes.**": "auto"})


def separated(text: str, paths: Any = ATTRIBUTES) -> Separated:
    return Separated(text.encode(), paths)


def test_content_goes_and_all_else_stays() -> None:
    found = separated(
        '{"data": {"type": "item", "attributes": {"title": "T", "seo": {"d": "D"}, "tags": ["a"], "n": true, "m": 1.5}}}'
    )
    assert [(field.path, field.value) for field in found.fields] == [
        (b"data.attributes.title", b"T"),
        (b"data.attributes.seo.d", b"D"),
        (b"data.attributes.tags", b"a"),
    ]
    attributes = (("title", WITHHELD), ("seo", (("d", WITHHELD),)), ("tags", [WITHHELD]), ("n", True), ("m", "1.5"))
    assert found.root == (("data", (("type", "item"), ("attributes", attributes))),)


@pytest.mark.parametrize(
    "text",
    [
        '{"data": {"attributes": {"a": "1"}, "attributes": {"a": "2"}}}',
        '{"data": {"attributes": {"a": "1", "a": "2"}}}',
        '{"x": 1, "x": 2, "data": {"attributes": {"a": "1"}}}',
        '{"data": {"attributes": {"a": "1", "\\u0061": "2"}}}',
        '{"meta": {"x": "1", "x": "2"}, "data": {"attributes": {"a": "1"}}}',
    ],
)
def test_a_key_that_stands_twice_is_a_doubt(text: str) -> None:
    with pytest.raises(Doubtful):
        separated(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"data.attributes.title": "x"}',
        '{"data": {"attributes.title": "x"}}',
        '{"Data": {"attributes": {"title": "x"}}}',
        '{"data": {"Attributes": {"title": "x"}}}',
        '{"data": {"attributes\\u0000": {"title": "x"}}}',
        '{"meta": {"data": {"attributes": {"title": "x"}}}}',
        '"x"',
    ],
)
def test_what_only_looks_like_a_path(text: str) -> None:
    assert separated(text).fields == []


def test_lists_add_nothing_to_a_path() -> None:
    assert [field.value for field in separated('[{"data": [{"attributes": [[{"a": "1"}]]}]}]').fields] == [b"1"]


def test_deep_is_a_doubt() -> None:
    with pytest.raises(Doubtful):
        separated('{"data": {"attributes": ' + "[" * 300 + '"x"' + "]" * 300 + "}}")


def test_the_first_pattern_says_the_kind_and_inspect_takes_none_out() -> None:
    paths = compile_paths({"a.code": "text", "a.slug": "inspect", "a.**": "html"})
    found = separated('{"a": {"code": "1", "slug": "2", "body": "3"}}', paths)
    assert found.fields == [ContentField(b"a.code", b"1", "text"), ContentField(b"a.body", b"3", "html")]


def test_numbers_count_strings_and_keys() -> None:
    assert separated('{"data": {"id": "7", "attributes": {"title": "T"}}}').numbers == {5}


def test_lone_surrogates_survive() -> None:
    assert separated('{"data": {"attributes": {"a": "\\ud800"}}}').fields[0].value == b"\xed\xa0\x80"


def test_a_form_by_names() -> None:
    kept, fields = separate_form([(b"title", b"T"), (b"title2", b"U"), (b"meta[x]", b"M"), (b"slug", b"S")], {
        b"title": "text", b"meta*": "auto", b"slug": "inspect",
    })  # fmt: skip
    assert kept == [(b"title2", b"U"), (b"slug", b"S")]
    assert fields == [ContentField(b"title", b"T", "text"), ContentField(b"meta[x]", b"M", "auto")]
