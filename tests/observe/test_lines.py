from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from edgeguard.observe.entry import Entry
from edgeguard.observe.lines import MATCHES, access_line, event_fields, event_name, json_line, text_of

if TYPE_CHECKING:
    from typing import Any


@given(st.binary(max_size=300), st.text(max_size=100))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_client_can_end_a_line_or_steer_a_terminal(raw: bytes, text: str) -> None:
    entry = Entry("id", "192.0.2.1", "192.0.2.1", 0.0)
    entry.method = entry.host = entry.path = entry.query = entry.agent = entry.scheme = raw
    entry.account = text.encode("utf-8", "replace").decode()
    line = access_line(entry)
    assert line.count(b"\n") == 1
    assert line.endswith(b"}\n")
    assert line[:-1].decode().isprintable()
    assert json.loads(line)["account"] == entry.account


@pytest.mark.parametrize("text", ["a\r\nb", "\x1b[2J", "\x9b2J", "\x7f", "\u2028", "\u202e", "\U000e0001", "ü", "\U0001f600"])
def test_json_says_the_same_whatever_is_escaped(text: str) -> None:
    line = json_line({"a": text, text: 1})
    assert line[:-1].decode().isprintable()
    assert json.loads(line) == {"a": text, text: 1}


def test_bytes_that_are_no_utf8_stay_visible() -> None:
    assert text_of(b"a\xff\xc3\xbc", 10) == "a\\xff\u00fc"


def test_long_values_are_cut(entry: Entry) -> None:
    entry.path = b"/" + b"p" * 100_000
    entry.query = b"q=" + b"q" * 100_000
    entry.agent = b"a" * 100_000
    entry.host = b"h" * 100_000
    entry.method = b"M" * 100_000
    entry.account = "a" * 100_000
    line = access_line(entry)
    assert len(line) < 4096, "a line must fit into one atomic write to a pipe"
    assert json.loads(line)["path"].endswith("...")


def test_bytes_that_must_be_spelled_out_are_cut_too(entry: Entry) -> None:
    entry.path = b"\xff" * 1024
    assert len(json.loads(access_line(entry))["path"]) == 1024


def test_secrets_are_masked_where_clients_put_them(entry: Entry) -> None:
    entry.query = b"limit=1&access_token=hunter2"
    entry.path = b"/a;jsessionid=hunter2/b"
    entry.host = b"user:hunter2@cms.example"
    entry.blame, entry.reason, entry.detail = "client", "bad-target", "http://u:hunter2@host/ is no target"
    entry.verdict = "refused"
    assert b"hunter2" not in access_line(entry)
    assert b"hunter2" not in json_line(event_fields(entry, MATCHES))
    assert b"cms.example" in access_line(entry)


def test_an_access_line_says_what_happened(entry: Entry, hit: Any) -> None:
    entry.account, entry.account_source, entry.account_verified = "acme", "token", True
    entry.cache, entry.tier = "hit", "redis"
    entry.origin_seconds, entry.origin_status = 0.0015, 304
    entry.engine_ns = 45_678
    entry.matches, entry.score = [hit()], 5
    told = json.loads(access_line(entry))
    expected = {
        "ts": "2023-11-14T22:13:20.250000Z",
        "client": "203.0.113.9",
        "peer": "10.0.0.1",
        "account": "acme",
        "account_verified": True,
        "total_us": 4000,
        "cache": "hit",
        "tier": "redis",
        "origin_us": 1500,
        "origin_status": 304,
        "waf_us": 45,
        "rules": ["eg-1"],
        "score": 5,
    }
    assert {name: told[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"verdict": "blocked"}, "request_blocked"),
        ({"verdict": "shadow"}, "shadow_match"),
        ({"verdict": "limited"}, "limit_refused"),
        ({"verdict": "refused"}, "request_refused"),
        ({"verdict": "fault", "blame": "client"}, "request_refused"),
        ({"verdict": "fault", "blame": "origin"}, None),
        ({"verdict": "fault", "blame": "edge"}, None),
        ({"budget_spent": True}, "policy_applied"),
        ({"policies": [("oversize", "prefix")]}, "policy_applied"),
        ({"matches": [SimpleNamespace(rule="eg-0002", mode="enforce", action="score")]}, "policy_applied"),
        ({"matches": [SimpleNamespace(rule="eg-1002", mode="enforce", action="score")]}, None),
        ({"matches": [SimpleNamespace(rule="eg-1002", mode="enforce", action="log")]}, "rule_logged"),
        ({"matches": [SimpleNamespace(rule="eg-1002", mode="enforce", action="mask")], "masked": 2}, "response_masked"),
        ({}, None),
    ],
)
def test_what_is_an_event(change: dict[str, Any], name: str | None, entry: Entry) -> None:
    for attribute, value in change.items():
        setattr(entry, attribute, value)
    assert event_name(entry) == name


def test_a_shadow_match_is_an_event_and_points_below_the_threshold_are_none(entry: Entry, hit: Any) -> None:
    entry.matches = [hit(mode="enforce", score=2)]
    assert event_name(entry) is None
    entry.matches = [hit(), hit(mode="shadow")]
    assert event_name(entry) == "shadow_match"


def test_an_event_tells_rules_and_limits_and_is_bounded(entry: Entry, hit: Any) -> None:
    entry.verdict = "limited"
    entry.limits = [("account", "allow", "memory"), ("address", "refuse", "memory")]
    entry.matches = [hit(value="v" * 10_000, title="t" * 10_000, target="x" * 10_000)] * 1000
    fields = event_fields(entry, MATCHES)
    assert fields["limits"] == ["address"]
    assert fields["match_count"] == 1000
    assert len(fields["matches"]) == MATCHES
    assert len(json_line(fields)) < 8192


def test_the_match_that_decides_is_told_of_many(entry: Entry, hit: Any) -> None:
    entry.matches = [hit(rule=f"eg-{number}") for number in range(100)] + [hit(rule="949110", detail="total 15")]
    told = event_fields(entry, 3)["matches"]
    assert [match["rule"] for match in told] == ["eg-0", "eg-1", "949110"]
    assert told[2]["detail"] == "total 15"
    assert "detail" not in told[0]
