from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.rule_tests import build
from edgeguard.waf.seen import Seen
from edgeguard.waf.targets import nested


def _seen(**description: Any) -> Seen:
    sample = build(description)
    return Seen(sample.request, sample.client)


def test_a_path_is_looked_at_from_each_segment_on() -> None:
    found = [value for _, value in nested.tails(_seen(path="/items/1'%20or%201=1/edit"))]
    assert b"1'%20or%201=1/edit" in found
    assert found[-1] == b"1'%20or%201=1"
    assert len(found) == 4
    assert nested.tails(_seen(path="/items/a-b_c.html")) == []
    assert len(nested.tails(_seen(path="/" + "a/" * 200 + "'"))) <= 13


def test_values_in_the_query() -> None:
    seen = _seen(query={"a": '{"b": "<i>"}', "x": ["1'", "2"]})
    assert list(nested.in_query(seen)) == [(b"a", b"<i>"), (b"x", b"1',2"), (b"x", b"1'2")]


@pytest.mark.parametrize(
    ("cookies", "expected"),
    [
        ({"a": "1'+or+1=1"}, [(b"a", b"1' or 1=1")]),
        ({"a": "%7B%22b%22:%22%3Ci%3E%22%7D"}, [(b"a", b"<i>")]),
        ({"a": "GA1.2+3"}, []),
    ],
)
def test_values_in_cookies(cookies: dict[str, str], expected: list[tuple[bytes, bytes]]) -> None:
    assert list(nested.in_cookies(_seen(cookies=cookies))) == expected


def test_values_in_fields_of_the_head() -> None:
    seen = _seen(headers={"Authorization": "Basic eCcgb3IgMT0xOnM8M2NyZXQ=", "X-State": '{"a": "<b>", "b": 1}'})
    assert nested.in_headers(seen) == [(b"authorization", b"x' or 1=1"), (b"x-state", b"<b>")]


def test_the_query_of_a_referer() -> None:
    seen = _seen(headers={"Referer": "https://x.example/search?q=1%27+or+1&p=2"})
    assert nested.in_headers(seen)[:2] == [(b"referer", b"1' or 1"), (b"referer", b"2")]


def test_before_there_is_a_body_it_holds_nothing() -> None:
    assert list(nested.in_content(_seen())) == []
    assert list(nested.in_graphql(_seen())) == []
