from __future__ import annotations

import pytest

from edgeguard.dynamic.reader import RULE_KEYS, read_rules

WHOLE = """
- id: t-1
  title: Many
  when: {status: 404}
  key: [address, path]
  count: {distinct: path}
  limit: 5
  window: 5m
  acts_on: net
  action: {ban: {for: [1m]}}
  forget: 2h
  tests:
    act: [{status: 404}]
    quiet: [{status: 200}]
"""


def test_a_whole_rule(naming) -> None:
    (draft,), faults = read_rules(WHOLE, "t.yaml", naming)
    assert faults == []
    rule = draft.rule
    assert (rule.id, rule.limit, rule.window, rule.forget, rule.act) == ("t-1", 5, 300.0, 7200.0, "ban")
    assert rule.source == "t.yaml:2"
    assert rule.words == '5 {"distinct": "path"} by address+path in 5m'
    assert len(draft.tests) == 2


@pytest.mark.parametrize(
    ("old", "new", "line", "told"),
    [
        ("title: Many", "titel: Many", 3, "did you mean 'title'"),
        ("id: t-1", "id: T 1", 2, "lower-case letters"),
        ("id: t-1", "id: by-hand", 2, "no rule's id"),
        ("key: [address, path]", "key: adress", 5, "did you mean 'address'"),
        ("key: [address, path]", "key: 'header:'", 5, "unknown part"),
        ("count: {distinct: path}", "count: {distnct: path}", 6, "count is `events`"),
        ("count: {distinct: path}", "count: {distinct: paht}", 6, "did you mean 'path'"),
        ("count: {distinct: path}", "count: {sum: bytes}", 6, "origin_ms or cost"),
        ("limit: 5", "limit: 0", 7, "whole number from 1 to 512"),
        ("limit: 5", "limit: 100000", 7, "whole number from 1 to 512"),
        ("window: 5m", "window: 5 minutes", 8, "a time from 1s to 7d"),
        ("acts_on: net", "acts_on: path", 9, "unknown acts_on"),
        ("ban: {for: [1m]}", "bann: {for: [1m]}", 10, "did you mean 'ban'"),
        ("forget: 2h", "forget: 8d", 11, "a time from 1s to 7d"),
        ("act: [{status: 404}]", "match: [{status: 404}]", 13, "unknown key 'match'"),
        ("act: [{status: 404}]", "quit: []", 13, "did you mean 'quiet'"),
        ("status: 404}\n  key", "status: 4o4}\n  key", 4, "is no status"),
    ],
)
def test_faults(naming, old, new, line, told) -> None:
    assert old in WHOLE
    _, faults = read_rules(WHOLE.replace(old, new, 1), "t.yaml", naming)
    assert any(fault.line == line and told in fault.text for fault in faults), faults


@pytest.mark.parametrize("key", ["id", "title", "key", "limit", "window", "action"])
def test_what_must_be_there(naming, key) -> None:
    lines = [line for line in WHOLE.splitlines() if not line.strip().removeprefix("- ").startswith(f"{key}:")]
    text = "\n".join(lines)
    text = "- " + text.lstrip() if key == "id" else text
    _, faults = read_rules(text, "t.yaml", naming)
    assert any(f"'{key}' is missing" in fault.text for fault in faults), faults


def test_all_faults_are_told_at_once(naming) -> None:
    _, faults = read_rules(WHOLE.replace("limit: 5", "limit: x").replace("window: 5m", "window: x") + "- nothing\n", "t", naming)
    assert len(faults) == 3


@pytest.mark.parametrize("text", ["a: b", "- a\n", "x"])
def test_what_is_no_list_of_rules(naming, text) -> None:
    _, faults = read_rules(text, "t", naming)
    assert faults


def test_a_rule_needs_a_test_of_either_kind(naming) -> None:
    text = WHOLE.replace("    quiet: [{status: 200}]\n", "")
    _, (fault,) = read_rules(text, "t", naming)
    assert "needs at least one test under tests.quiet" in fault.text
    assert read_rules(text.replace("title", "status: test\n  title"), "t", naming)[1] == []


def test_every_key_is_described() -> None:
    assert all(RULE_KEYS.values())
