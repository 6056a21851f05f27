from __future__ import annotations

import pytest

from edgeguard.waf.editorial.json_paths import compile_paths


def kind_of(patterns: dict[str, str], *keys: str) -> str | None:
    node = compile_paths(patterns)  # type: ignore[arg-type]
    for key in keys:
        node = node.step(key)
    return node.kind


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("data.attributes.**", "data attributes title", True),
        ("data.attributes.**", "data attributes a b c", True),
        ("data.attributes.**", "data attributes", True),
        ("data.attributes.**", "data id", False),
        ("data.attributes.**", "attributes title", False),
        ("data.attributes.**", "x data attributes title", False),
        ("data.*.title", "data a title", True),
        ("data.*.title", "data title", False),
        ("**.html", "a b html", True),
        ("**.html", "html", True),
        ("**.html", "a html b", False),
        ("a.**.b", "a b", True),
        ("a.**.b", "a b b", True),
        ("a", "a", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert (kind_of({pattern: "auto"}, *path.split()) == "auto") is fits


def test_the_first_pattern_that_fits_says_the_kind() -> None:
    patterns = {"a.code": "text", "a.**": "html"}
    assert kind_of(patterns, "a", "code") == "text"
    assert kind_of(patterns, "a", "body") == "html"
    assert kind_of(dict(reversed(patterns.items())), "a", "code") == "html"


def test_a_dot_in_a_key_is_no_step() -> None:
    assert kind_of({"data.attributes.**": "auto"}, "data.attributes.title") is None
    assert kind_of({"data.attributes.**": "auto"}, "data.attributes", "title") is None


def test_a_star_in_a_document_is_a_key_as_any() -> None:
    assert kind_of({"a.b": "auto"}, "a", "*") is None
    assert kind_of({"a.b": "auto"}, "**", "b") is None


def test_nothing_below_is_known() -> None:
    node = compile_paths({"a": "auto"})
    assert not node.dead
    assert node.step("a").dead
    assert node.step("x").dead
    assert node.step("a").step("b").kind is None
