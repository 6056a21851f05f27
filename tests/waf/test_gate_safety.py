"""The gate against brute force: with and without it, the same rules must hold, over every inline test and generated values."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.config.model import Waf
from edgeguard.waf.rule_reader import read_rules
from edgeguard.waf.rule_tests import Sample, build, send
from edgeguard.waf.ruleset import Ruleset
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.reader import read_seclang_text

if TYPE_CHECKING:
    from pathlib import Path


def held(ruleset: Ruleset, sample: Sample, *, blind: bool) -> set[str]:
    return {match.rule for match in send(ruleset, sample, blind=blind).finish().matches}


@pytest.fixture(scope="module")
def samples(bundle_folder: Path) -> list[dict[str, Any]]:
    """Every request that the bundle's rules are tested with."""
    drafts = [draft for file in sorted(bundle_folder.glob("*.yaml")) for draft in read_rules(file.read_text(), file.name)[0]]
    return [dict(test.description) for draft in drafts for test in draft.tests]


def test_over_every_inline_test(bundle: Ruleset, samples: list[dict[str, Any]]) -> None:
    assert len(samples) > 400
    for description in samples:
        sample = build(description)
        expected = held(bundle, sample, blind=True)
        assert held(bundle, sample, blind=False) == expected, description
        assert held(bundle, sample, blind=False) == expected, ("remembered as clean", description)


_PIECES = [
    "'",
    '"',
    "`",
    " or ",
    " and ",
    "1=1",
    "--",
    "#",
    "/*",
    "*/",
    "union",
    " select ",
    "1,2",
    " from ",
    "sleep(5)",
    ";",
    "|",
    "&",
    "$(",
    "cat /etc/passwd",
    "id",
    "<script>",
    "<img src=x ",
    "onerror=alert(1)",
    "javascript:",
    "../",
    "..\\",
    "%2e",
    "%27",
    "%2527",
    "%u003c",
    "&lt;",
    "&#106;",
    "\\x41",
    "\\u0027",
    "${",
    "jndi:",
    "${lower:j}",
    "}",
    "{{",
    "7*7",
    "}}",
    "http://",
    "169.254.169.254",
    "//localhost",
    "php://filter/",
    "$where",
    "__proto__",
    "\r\n",
    "Set-Cookie: a",
    "\0",
    "\uff1c",
    "\uff07",
    "\v",
    " ",
    "+",
    "a",
    "O'Brien",
    "=",
    "(",
    ")",
    "x" * 70,
    'O:1:"a":0:{',
    '<!ENTITY x SYSTEM "a">',
    "é",
    "UNION",
    "SeLeCt",
]
_text = st.lists(st.sampled_from(_PIECES), max_size=12).map("".join)


@settings(max_examples=150, deadline=None)
@given(
    value=_text, name=_text, where=st.sampled_from(["query", "json", "form", "cookies", "headers", "path", "body", "multipart"])
)
def test_over_generated_requests(bundle: Ruleset, value: str, name: str, where: str) -> None:
    description: dict[str, Any]
    if where == "path":
        description = {"path": "/", "query": {name: value}, "json": [value, {name: [value]}]}
    elif where == "headers":
        description = {"headers": {"X-Any": value, "User-Agent": name, "Referer": value + name}}
    elif where == "body":
        description = {"body": value + name, "content_type": random.Random(value).choice(["application/xml", "text/plain"])}
    elif where == "multipart":
        description = {"multipart": {"a": value, "f": {"filename": name.replace('"', ""), "content": value}}}
    else:
        description = {where: {name or "n": value, "q": name}}
    sample = build(description)
    expected = held(bundle, sample, blind=True)
    assert held(bundle, sample, blind=False) == expected
    assert held(bundle, sample, blind=False) == expected


_FIELDS = [
    "http.request.any",
    "http.request.query.values",
    "http.request.query.values:q",
    "http.request.head",
    "http.request.target",
]
_STEPS = [
    "url_decode",
    "lowercase",
    "replace_comments",
    "html_entity_decode",
    "cmd_line",
    "remove_nulls",
    "js_decode",
    "base64_decode",
]
_QUESTIONS: list[tuple[str, Any]] = [
    ("contains", ["union", "'"]),
    ("equals", ["a", "1=1"]),
    ("starts_with", ["'", "a"]),
    ("ends_with", ["--", "a"]),
    ("matches", [r"(?i)union\s+select", r"\Aa", r"\bor\b"]),
    ("matches", [r"(?m)^a"]),
    ("matches|all", ["a", "'"]),
    ("contains_word", ["union"]),
    ("in", ["a", "id"]),
    ("exists", True),
    ("count", 3),
    ("less", 5),
]


@settings(max_examples=60, deadline=None)
@given(
    terms=st.lists(
        st.tuples(st.sampled_from(_FIELDS), st.lists(st.sampled_from(_STEPS), max_size=3), st.sampled_from(_QUESTIONS)),
        min_size=2,
        max_size=4,
    ),
    condition=st.sampled_from(["a and b", "a or b", "not a", "a and not b", "not a or not b", "not (a and b)"]),
    values=st.lists(_text, max_size=4),
)
def test_over_generated_rules(terms: list[Any], condition: str, values: list[str]) -> None:
    def selection(part: list[Any]) -> list[dict[str, Any]]:
        return [{"|".join([field, *steps, question]): arguments} for field, steps, (question, arguments) in part]

    match = {"a": selection(terms[:1] + terms[2:])}
    if "b" in condition:
        match["b"] = selection(terms[1:2])
    rule = {"id": "t", "title": "t", "status": "test", "match": match, "condition": condition}
    (draft,), faults = read_rules(json.dumps([rule]), "f")
    assert not faults
    ruleset = Ruleset([replace(draft.rule, status="enforce")], Waf())
    sample = build({"query": {"q": values, "other": values[:1]}, "headers": {"X-A": values[-1:]}})
    expected = held(ruleset, sample, blind=True)
    assert held(ruleset, sample, blind=False) == expected
    assert held(ruleset, sample, blind=False) == expected


_VARIABLES = (
    "ARGS", "ARGS:q", "ARGS|!ARGS:q", "ARGS:/^q/", "ARGS_NAMES", "&ARGS", "&ARGS:q", "&ARGS:/^q/", "REQUEST_HEADERS",
    "REQUEST_HEADERS:X-A", "REQUEST_HEADERS|!REQUEST_HEADERS:Host", "REQUEST_COOKIES", "REQUEST_URI", "REQUEST_BODY",
    "ARGS|REQUEST_URI", "REQUEST_HEADERS_NAMES", "QUERY_STRING", "&REQUEST_COOKIES:/./",
)  # fmt: skip
_ASKED = (
    "@rx (?i)union\\s+select", "@rx ^$", "@rx ^.{1,3}$", "@rx (a|--)$", "!@rx ^[\\w ]*$", "@contains union", "@streq a",
    "@beginsWith '", "@endsWith --", "@within a b union", "@pm union select or", "@eq 1", "@gt 2", "!@eq 0",
    "@validateByteRange 32-126", "@validateUrlEncoding", "@containsWord or", "@detectSQLi", "@detectXSS", "@rx [^A-Z]x",
    "!@streq id", "@rx \\bor\\b", "@rx ^(?!a).",
)  # fmt: skip
_CHANGES = (
    "lowercase", "urlDecodeUni", "urlDecode", "removeNulls", "replaceComments", "removeWhitespace", "compressWhitespace",
    "htmlEntityDecode", "jsDecode", "cssDecode", "base64Decode", "base64Encode", "hexEncode", "hexDecode", "length", "md5",
    "sha1", "trim", "normalisePath", "normalisePathWin", "cmdLine", "utf8toUnicode", "uppercase", "escapeSeqDecode",
    "removeCommentsChar", "urlEncode", "parityEven7bit",
)  # fmt: skip


@settings(max_examples=100, deadline=None)
@given(
    rules=st.lists(
        st.tuples(
            st.lists(
                st.tuples(st.sampled_from(_VARIABLES), st.sampled_from(_ASKED), st.lists(st.sampled_from(_CHANGES), max_size=3)),
                min_size=1,
                max_size=2,
            ),
            st.sampled_from((1, 2, 2, 3, 5)),
            st.sampled_from(("", "", ",multiMatch")),
        ),
        min_size=1,
        max_size=6,
    ),
    values=st.lists(_text, min_size=1, max_size=4),
    body=st.sampled_from(("", "form", "json")),
)
def test_over_generated_scripts(
    rules: list[tuple[list[tuple[str, str, list[str]]], int, str]], values: list[str], body: str
) -> None:
    lines = []
    for number, (links, phase, more) in enumerate(rules, 1):
        for at, (variables, asked, changes) in enumerate(links):
            steps = "".join(f",t:{change}" for change in changes)
            first = f"id:{number},phase:{phase},log,pass," if at == 0 else ""
            chain = ",chain" if at < len(links) - 1 else ""
            lines.append(f'SecRule {variables} "{asked}" "{first}t:none{steps}{more}{chain}"')
    program = read_seclang_text("\n".join(lines))
    ruleset = Ruleset([], Waf(), chains=compile_program(program).rules, seclang=program.configuration)
    description: dict[str, Any] = {
        "query": {"q": values, "q2": values[:1]},
        "headers": {"X-A": values[-1:]},
        "cookies": {"c": "a"},
    }
    if body:
        description[body] = {"q": values[-1], "other": values}
    sample = build(description)
    expected = held(ruleset, sample, blind=True)
    assert held(ruleset, sample, blind=False) == expected
    assert held(ruleset, sample, blind=False) == expected
