from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.explain.lint import remarks

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset


def told(ruleset: Ruleset) -> list[tuple[str, str, str]]:
    return [(one.rule, one.kind, one.text) for one in remarks(ruleset)]


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ('SecRule ARGS "@rx a" "id:1,phase:2,pass"', "without a message"),
        ('SecRule ARGS "@rx ^a*" "id:1,phase:2,pass,nolog"', "matches the empty value, and so every value"),
        ('SecRule REQUEST_BODY "@rx a" "id:1,phase:1,pass,nolog"', "REQUEST_BODY has no values before phase 2"),
        ('SecAction "id:2,phase:2,deny,nolog"\nSecRule ARGS "@rx a" "id:1,phase:2,pass,nolog"', "never asked: rule 2"),
        (
            'SecAction "id:2,phase:2,pass,nolog,skipAfter:E"\nSecRule ARGS "@rx a" "id:1,phase:2,pass,nolog"\nSecMarker E',
            "never asked: rule 2",
        ),
    ],
)
def test_what_is_odd_is_told(written: Callable[..., Ruleset], rule: str, says: str) -> None:
    found = [text for name, kind, text in told(written(rule)) if name == "1" and kind == "note"]
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(
    "rule",
    [
        'SecRule ARGS "@rx a" "id:1,phase:2,pass,msg:\'m\'"',
        'SecRule ARGS "@rx ^$" "id:1,phase:2,pass,nolog"',
        'SecRule ARGS "@rx ^(.*)$" "id:1,phase:2,pass,nolog,capture"',
        'SecRule ARGS|REQUEST_BODY "@rx a" "id:1,phase:1,pass,nolog"',
        'SecAction "id:2,phase:1,deny,nolog"\nSecRule ARGS "@rx a" "id:1,phase:2,pass,nolog"',
        'SecAction "id:2,phase:2,pass,nolog,skipAfter:E"\nSecMarker E\nSecRule ARGS "@rx a" "id:1,phase:2,pass,nolog"',
    ],
)
def test_what_is_meant_is_not(written: Callable[..., Ruleset], rule: str) -> None:
    assert [text for _, kind, text in told(written(rule)) if kind == "note"] == []


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("!@rx a", "it is negated"),
        ("@validateByteRange 32-126", "no pattern stands for its operator"),
        ("@rx (?=ab)a", "looks around"),
    ],
)
def test_what_costs_is_told_apart(written: Callable[..., Ruleset], question: str, says: str) -> None:
    ((name, kind, text),) = told(written(f'SecRule ARGS "{question}" "id:1,phase:2,pass,nolog"'))
    assert (name, kind) == ("1", "cost")
    assert says in text


def test_notes_of_the_reader_are_among_them(written: Callable[..., Ruleset]) -> None:
    (one,) = remarks(written("SecAuditLog /var/log/x\n"))
    assert one.line == 1
    assert "SecAuditLog" in str(one)


def test_rules_of_the_other_language(written: Callable[..., Ruleset]) -> None:
    yaml = (
        "- {id: t-1, title: All, match: {all: {http.request.path|matches: a*}},\n"
        "   tests: {match: [{path: /a}], pass: [{path: /, method: GET}]}, status: test}\n"
        "- {id: t-2, title: Net, match: {net: {ip.src|cidr: 10.0.0.0/8}},\n"
        "   tags: [x], tests: {match: [{ip: 10.0.0.1}], pass: [{path: /}]}}\n"
    )
    found = told(written("", yaml))
    assert [(name, kind) for name, kind, _ in found] == [("t-1", "note"), ("t-2", "cost")]


RULE = "- {{id: {id}, title: {title}, tags: [x], {more} match: {{a: {{{question}}}}}, tests: {tests}}}\n"


def rules(*questions: str, more: str = "", title: str = "") -> str:
    text = ""
    for number, question in enumerate(questions, 1):
        tests = "{match: [{path: /x, query: {q: evil}, ip: 10.1.1.1}], pass: [{path: /other, ip: 192.0.2.1}]}"
        text += RULE.format(id=f"t-{number}", title=title or f"Rule {number}", question=question, tests=tests, more=more)
    return text


@pytest.mark.parametrize(
    ("yaml", "says"),
    [
        (rules("http.request.query|contains: evil").replace("tags: [x],", ""), "it has no tags"),
        (rules("http.request.query|contains: evil", "http.request.path: /x", title="One"), "it has the same title as t-1"),
        (rules("http.request.query|contains: [a, evil]", "http.request.query|contains: [evil, a]"), "it asks the same as t-1"),
        (rules("http.request.query.values|matches: ['^z*$', evil]"), "a pattern matches the empty value"),
        (rules("http.request.path: [x, /x]"), "http.request.path: 'x' is never there: a path begins with a slash"),
    ],
)  # fmt: skip
def test_what_is_odd_about_rules_of_the_other_language(written: Callable[..., Ruleset], yaml: str, says: str) -> None:
    notes = [text for _, kind, text in told(written("", yaml)) if kind == "note"]
    assert len(notes) == 1
    assert says in notes[0]


def test_a_bound_beside_a_pattern_is_no_pattern_for_everything(written: Callable[..., Ruleset]) -> None:
    text = rules("http.request.query.values|matches|all: ['^.{0,400}$', evil]")
    assert [note for _, kind, note in told(written("", text)) if kind == "note"] == []


def test_a_rule_behind_a_wider_one_that_blocks_makes_no_difference(written: Callable[..., Ruleset]) -> None:
    text = rules("http.request.any|contains: evil", more="action: block,") + rules(
        "http.request.query.values|contains: is-evil"
    ).replace("t-1", "t-2").replace("Rule 1", "Rule 2").replace("q: evil", "q: is-evil")
    (note,) = [text for name, kind, text in told(written("", text)) if kind == "note"]
    assert note.startswith("it makes no difference: wherever it holds, the request was blocked by t-1")


def test_scripts_that_say_the_same_twice_are_told(written: Callable[..., Ruleset]) -> None:
    text = 'SecRule ARGS "@rx a" "id:1,phase:2,pass,nolog"\nSecRule ARGS "@rx a" "id:2,phase:2,pass,nolog"'
    ((name, note),) = [(name, text) for name, kind, text in told(written(text)) if kind == "note"]
    assert name == "2"
    assert note.startswith("it asks the same as 1 (")
