from __future__ import annotations

import pytest

from edgeguard.waf.model import Action
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_reader import read_rules

GOOD = """
- id: t-1
  title: A title
  description: Why
  references: [https://x.example]
  status: shadow
  severity: high
  tags: [a/b]
  phase: request_body
  match:
    path: {http.request.path|lowercase|starts_with: [/a, /b]}
    query: {http.request.json.values:user.name|contains|all: [x, y]}
  condition: path and not query
  action: {block: {status: 451}}
  tests:
    match: [{path: /a}]
    pass: [{path: /c}]
"""


def test_a_rule_with_everything() -> None:
    drafts, faults = read_rules(GOOD, "f.yaml")
    assert faults == []
    rule = drafts[0].rule
    assert (rule.id, rule.title, rule.status, rule.severity, rule.tags) == ("t-1", "A title", "shadow", "high", ("a/b",))
    assert rule.phase is Phase.REQUEST_BODY
    assert rule.action == Action(4, 451)
    assert rule.source == "f.yaml:2"
    assert [term.form for term in rule.terms] == ["lowercase", ""]
    assert [test.matches for test in drafts[0].tests] == [True, False]


def test_defaults() -> None:
    text = "- id: t\n  title: t\n  match: {a: {http.request.path: /}}\n  tests: {match: [{}], pass: [{path: /x}]}"
    (draft,), faults = read_rules(text, "f")
    assert faults == []
    assert (draft.rule.status, draft.rule.severity, draft.rule.phase, draft.rule.action) == ("enforce", "medium", None, Action(3))


@pytest.mark.parametrize(
    ("action", "made"),
    [("score", Action(3)), ("{score: 0}", Action(0)), ("block", Action(3, 403)), ("{block: {status: 404}}", Action(3, 404))],
)
def test_actions(action: str, made: Action) -> None:
    text = f"- id: t\n  title: t\n  status: test\n  match: {{a: {{http.request.path: /}}}}\n  action: {action}"
    assert read_rules(text, "f")[0][0].rule.action == made


@pytest.mark.parametrize(
    ("before", "after", "line", "told"),
    [
        ("title: A title", "titel: A title", 3, "unknown key 'titel'; did you mean 'title'?"),
        ("id: t-1", "id: T 1", 2, "lower-case letters"),
        ("id: t-1", "id: eg-0001", 2, "the engine's own"),
        ("status: shadow", "status: shadwo", 6, "did you mean 'shadow'?"),
        ("severity: high", "severity: hihg", 7, "did you mean 'high'?"),
        ("tags: [a/b]", "tags: a", 8, "list of texts"),
        ("phase: request_body", "phase: request", 9, "unknown phase"),
        ("phase: request_body", "phase: request_head", 9, "not known yet"),
        ("http.request.path|", "http.request.pth|", 11, "did you mean 'http.request.path'?"),
        ("|lowercase|", "|lowercse|", 11, "did you mean 'lowercase'?"),
        ("|starts_with:", "|starts_with|ends_with:", 11, "two operators"),
        ("|lowercase|starts_with:", "|starts_with|lowercase:", 11, "stands behind the operator"),
        ("|starts_with: [/a, /b]", "|starts_with: [/a, yes: 1]", 11, "a text is expected"),
        ("|contains|all: [x, y]", "|matches|all: [x, '(']", 12, "no pattern"),
        ("|contains|all:", "|contains|all|any:", 12, "said once"),
        ("condition: path and not query", "condition: path and not quer", 13, "did you mean 'query'?"),
        ("condition: path and not query", "condition: path", 13, "'query' is never used"),
        ("condition: path and not query", "references: []", 13, "stands twice"),
        ("action: {block: {status: 451}}", "action: {block: {status: 200}}", 14, "400 to 599"),
        ("action: {block: {status: 451}}", "action: [x]", 14, "action is"),
        ("    pass: [{path: /c}]", "    pas: [{path: /c}]", 17, "did you mean 'pass'?"),
        ("    pass: [{path: /c}]", "    pass: [x]", 17, "a test is a request"),
        ("    pass: [{path: /c}]", "", 2, "tests.pass"),
        ("    match: [{path: /a}]", "", 2, "tests.match"),
    ],
)
def test_faults_have_their_line(before: str, after: str, line: int, told: str) -> None:
    assert before in GOOD
    drafts, faults = read_rules(GOOD.replace(before, after), "f.yaml")
    assert drafts == []
    assert any(fault.file == "f.yaml" and fault.line == line and told in fault.text for fault in faults), faults


def test_several_faults_are_told_at_once() -> None:
    text = GOOD.replace("title: A title", "titel: A title").replace("severity: high", "severity: x").replace("[x, y]", "['']")
    assert len(read_rules(text, "f")[1]) >= 4


@pytest.mark.parametrize(
    "text", ["a: b", "- x", "- {}", "- id: t\n  title: t\n  match: {}", "- id: t\n  title: t\n  match: {a: {}}"]
)
def test_what_is_no_rule(text: str) -> None:
    drafts, faults = read_rules(text, "f")
    assert drafts == []
    assert faults
