from __future__ import annotations

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.explain.unanswered import unanswered


def told(question: str) -> list[str]:
    text = f"- id: t-1\n  title: x\n  status: test\n  match:\n    a: {{{question}}}\n"
    (rule,) = rules_from_text(text, Waf(compiled="off")).rules
    return list(unanswered(rule))


@pytest.mark.parametrize(
    ("question", "why"),
    [
        ("'http.request.headers:x y|contains': a", "no field has a name with a space"),
        ("'http.response.headers:a(b|contains': a", "no field has a name with '('"),
        ("'http.request.cookies:a;b|contains': a", "no cookie has a name with ';'"),
        ("'http.request.json.values:.a|contains': a", "a path is keys joined by dots"),
        ("'http.request.json.values:a..b|contains': a", "a path is keys joined by dots"),
        ("'http.request.json.values:items[0].a|contains': a", "no wildcards"),
        ("'http.request.json.values:items.*|contains': a", "no wildcards"),
        ("http.request.path: [/a, b]", "'b' is never there: a path begins with a slash"),
        ("http.request.path|contains: '/../'", "the edge resolves dot segments"),
        ("http.request.path|ends_with: '?a=b'", "the query is not part of the path"),
        ("http.request.method: post", "methods are upper-case"),
        ("http.host: CMS.example", "the edge makes it lower-case"),
        ("http.host: 'cms.example:443'", "the port is not part of it"),
        ("http.response.status: 5xx", "a status has three digits"),
        ("http.request.query|lowercase|trim|contains: [a, UNION]", "'UNION' is never there: the value is lower-case by then"),
        ("http.request.query|uppercase|contains: union", "the value is upper-case by then"),
    ],
)
def test_what_no_request_has(question: str, why: str) -> None:
    (text,) = told(question)
    assert why in text


@pytest.mark.parametrize(
    "question",
    [
        "http.request.headers:X-Method|contains: a",
        "'http.request.json.values:data.attributes.title|contains': a",
        "http.request.path|starts_with: /admin",
        "http.request.path|contains: admin",
        "http.request.method: [PUT, PROPFIND]",
        "http.request.query|lowercase|base64_decode|contains: UNION",
        "http.request.query|lowercase|matches: UNION",
        "http.request.query|contains: UNION",
        "http.host: cms.example",
        "http.response.status: 500",
    ],
)
def test_what_one_may_have(question: str) -> None:
    assert told(question) == []
