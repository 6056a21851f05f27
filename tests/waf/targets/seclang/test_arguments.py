from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.targets.seclang import arguments

FORM = {"raw": b"b=2&a=3", "form": [(b"b", b"2"), (b"a", b"3")], "processor": "URLENCODED"}
JSON = {"raw": b'{"a":[1]}', "arguments": [(b"json.a.array_0", b"1")], "processor": "JSON"}


def test_query_before_body(state: Any, content: Any, look: Any) -> None:
    seen = state(b"/?a=%41+b&c", content=content(**FORM))
    assert look(seen, "ARGS") == [(b"ARGS:a", b"A b"), (b"ARGS:c", b""), (b"ARGS:b", b"2"), (b"ARGS:a", b"3")]
    assert look(seen, "ARGS_GET") == [(b"ARGS_GET:a", b"A b"), (b"ARGS_GET:c", b"")]
    assert look(seen, "ARGS_POST") == [(b"ARGS_POST:b", b"2"), (b"ARGS_POST:a", b"3")]
    assert [value for _, value in look(seen, "ARGS_NAMES")] == [b"a", b"c", b"b", b"a"]
    assert look(seen, "ARGS_GET_NAMES", "c") == [(b"ARGS_GET_NAMES:c", b"c")]
    assert look(seen, "ARGS_POST_NAMES") == [(b"ARGS_POST_NAMES:b", b"b"), (b"ARGS_POST_NAMES:a", b"a")]


def test_before_the_body_there_is_the_query(state: Any, content: Any, look: Any) -> None:
    seen = state(b"/?a=1")
    assert look(seen, "ARGS") == [(b"ARGS:a", b"1")]
    assert look(seen, "ARGS_POST_NAMES") == []
    seen.content = content(**FORM)
    assert look(seen, "ARGS_POST_NAMES", "b") == [(b"ARGS_POST_NAMES:b", b"b")]


def test_scalars_of_json_are_arguments(state: Any, content: Any, look: Any) -> None:
    seen = state(content=content(**JSON))
    assert look(seen, "ARGS") == [(b"ARGS:json.a.array_0", b"1")]
    assert look(seen, "ARGS_POST_NAMES") == [(b"ARGS_POST_NAMES:json.a.array_0", b"json.a.array_0")]
    assert arguments.json_names(seen) is arguments.json_names(seen)


def test_a_guessed_form_brings_none(state: Any, content: Any, look: Any) -> None:
    assert look(state(content=content(raw=b"a=1", form=[(b"a", b"1")])), "ARGS") == []


def test_combined_size(state: Any, content: Any, look: Any) -> None:
    assert look(state(b"/?ab=%41", content=content(**FORM)), "ARGS_COMBINED_SIZE") == [(b"ARGS_COMBINED_SIZE", b"7")]
    assert look(state(content=content(**JSON)), "ARGS_COMBINED_SIZE") == [(b"ARGS_COMBINED_SIZE", b"15")]
    assert look(state(), "ARGS_COMBINED_SIZE") == [(b"ARGS_COMBINED_SIZE", b"0")]


@pytest.mark.parametrize(
    ("query", "raw", "expected"),
    [
        (b"a=%41%7e", b"", b"0"),
        (b"a=%4", b"", b"1"),
        (b"a=%4&1=x", b"", b"1"),
        (b"%zz", b"", b"1"),
        (b"a=1", b"b=%", b"1"),
        (b"a=100+%", b"", b"1"),
        (b"", b"b=%20", b"0"),
    ],
)
def test_broken_escapes(state: Any, content: Any, look: Any, query: bytes, raw: bytes, expected: bytes) -> None:
    seen = state(b"/?" + query, content=content(raw=raw, processor="URLENCODED"))
    assert look(seen, "URLENCODED_ERROR") == [(b"URLENCODED_ERROR", expected)]


def test_escapes_matter_in_urlencoded_bodies_only(state: Any, content: Any, look: Any) -> None:
    seen = state(content=content(raw=b'{"a":"100%"}', processor="JSON"))
    assert look(seen, "URLENCODED_ERROR") == [(b"URLENCODED_ERROR", b"0")]
