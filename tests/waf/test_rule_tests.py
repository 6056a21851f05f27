from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.rule_tests import KEYS, RuleTest, build, failure

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset


def test_a_request_of_few_words() -> None:
    sample = build({"path": "/a%2e?x", "query": {"q": ["a b", "&"]}, "headers": {"X-A": [1, 2]}, "cookies": {"c": "d"}})
    request = sample.request
    assert (request.method, request.path, request.query) == (b"GET", b"/a.", b"x&q=a+b&q=%26")
    assert request.headers.fields == [(b"host", b"cms.example"), (b"x-a", b"1"), (b"x-a", b"2"), (b"cookie", b"c=d")]
    assert request.body.length == 0


@pytest.mark.parametrize(
    ("description", "body", "kind"),
    [
        ({"form": {"a": "b c"}}, b"a=b+c", b"application/x-www-form-urlencoded"),
        ({"json": {"a": "ä"}}, '{"a": "ä"}'.encode(), b"application/json"),
        ({"body": "x"}, b"x", b"text/plain"),
        ({"body": "x", "content_type": "a/b"}, b"x", b"a/b"),
        ({"body_hex": "ff00"}, b"\xff\x00", None),
    ],
)
def test_bodies(description: dict[str, Any], body: bytes, kind: bytes | None) -> None:
    sample = build(description)
    assert sample.body == body
    assert sample.request.method == b"POST"
    assert sample.request.headers.get(b"content-type") == kind
    assert sample.request.headers.get(b"content-length") == b"%d" % len(body)


@pytest.mark.parametrize(
    ("description", "told"),
    [
        ({"pth": "/"}, "did you mean 'path'"),
        ({"json": 1, "form": {}}, "one body"),
        ({"query": "x"}, "names to values"),
        ({"headers": "x"}, "names to values"),
        ({"body_hex": "x"}, "hexadecimal"),
        ({"path": "x"}, "the wire refuses"),
        ({"path": "/%00"}, "the wire refuses"),
    ],
)
def test_senseless_descriptions_are_refused(description: dict[str, Any], told: str) -> None:
    with pytest.raises(Refused, match=told):
        build(description)


def test_a_failure_says_which_request_and_why(one_rule: Callable[..., Ruleset]) -> None:
    ruleset = one_rule("http.request.any|url_decode|contains", "evil")
    rule = ruleset.rules[0]
    assert failure(ruleset, rule, RuleTest({"path": "/evil"}, matches=True, line=1)) is None
    assert failure(ruleset, rule, RuleTest({"path": "/good"}, matches=False, line=1)) is None
    told = failure(ruleset, rule, RuleTest({"path": "/good"}, matches=True, line=1)) or ""
    assert told.splitlines() == [
        't-1 must match {"path": "/good"}, but does not: a does not hold',
        "    a does not hold",
        "      http.request.any|url_decode|contains: evil",
        "        fails: http.request.path has '/good', unchanged by all steps",
    ]
    told = failure(ruleset, rule, RuleTest({"path": "/?q=e%2576il"}, matches=False, line=1)) or ""
    first = 't-1 must not match {"path": "/?q=e%2576il"}, but does: http.request.query.values:q has '
    assert told.startswith(f"{first}'evil', seen through url_decode\n")
    assert "holds: http.request.query.values:q has 'e%76il' -url_decode-> 'evil'" in told


def test_responses_can_be_described(one_rule: Callable[..., Ruleset]) -> None:
    ruleset = one_rule("http.response.body|contains", "ORA-")
    test = RuleTest({"response": {"status": 500, "headers": {"X": "y"}, "body": "ORA-1"}}, matches=True, line=1)
    assert failure(ruleset, ruleset.rules[0], test) is None


def test_each_key_is_explained() -> None:
    assert all(KEYS.values())
