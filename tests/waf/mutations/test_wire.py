from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, unquote

import pytest

from edgeguard.waf.mutations.leaves import leaves
from edgeguard.waf.mutations.wire import WIRE, unfolded
from edgeguard.waf.rule_tests import build

BY_NAME = {each.name: each for each in WIRE}
QUERY: dict[str, Any] = {"path": "/s", "query": {"page": "1", "q": "a b<'"}}


def made(name: str, request: dict[str, Any], place: int) -> list[dict[str, Any]]:
    return list(BY_NAME[name].make(request, leaves(request)[place]))


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("percent", "/s?page=1&q=%61%20%62%3C%27"),
        ("percent-twice", "/s?page=1&q=%25%36%31%25%32%30%25%36%32%25%33%43%25%32%37"),
        ("percent-u", "/s?page=1&q=%u0061%u0020%u0062%u003c%u0027"),
        ("overlong", "/s?page=1&q=a%c0%a0b%c0%bc%c0%a7"),
    ],
)
def test_encodings_of_a_query(name: str, path: str) -> None:
    (request,) = made(name, QUERY, 2)
    assert request == {"path": path}


def test_a_form_is_sent_as_its_body() -> None:
    (request,) = made("percent-letters", {"form": {"q": "ab c"}}, 0)
    assert build(request).body == b"q=%61b%20c"
    assert build(request).request.headers.get(b"content-type") == b"application/x-www-form-urlencoded"


def test_a_path_keeps_its_slashes() -> None:
    (request,) = made("percent", {"path": "/.git/config"}, 0)
    assert unquote(request["path"]) == "/.git/config"
    assert request["path"].count("/") == 2
    assert made("percent", {"path": "/a?b=c"}, 0) == []


def test_json_s_own_escapes() -> None:
    lower, _ = made("json-escapes", {"json": {"a": ["<x>"]}, "path": "/y"}, 1)
    assert lower["body"] == '{"a": ["\\u003c\\u0078\\u003e"]}'
    assert json.loads(lower["body"]) == {"a": ["<x>"]}
    assert lower["path"] == "/y"


def test_a_parameter_given_several_times() -> None:
    first, last, split = made("twice", {"query": {"q": "1 or 1"}}, 0)
    assert (first["query"]["q"], last["query"]["q"]) == (["1", "1 or 1"], ["1 or 1", "1"])
    assert parse_qs(build(split).request.query.decode())["q"] == ["1/*", "*/or 1"]


def test_the_value_in_other_places() -> None:
    places = {name: made(name, QUERY, 2) for name in BY_NAME if name.startswith("in-")}
    assert places["in-query"] == []
    assert places["in-json"] == [{"path": "/s", "json": {"q": "a b<'"}}]
    assert places["in-name"] == [{"path": "/s", "query": {"a b<'": "1"}}]
    assert places["in-xml"][0]["body"] == "<r><v>a b&lt;'</v></r>"
    for requests in places.values():
        for request in requests:
            build(request)


def test_a_query_in_the_path_is_taken_apart() -> None:
    assert unfolded({"path": "/s?a=%31&b="}) == {"path": "/s", "query": {"a": "1", "b": ""}}
    assert unfolded({"path": "/s"}) == {"path": "/s"}
    assert unfolded({"path": "/s?x"}) == {"path": "/s", "query": {"x": ""}}
