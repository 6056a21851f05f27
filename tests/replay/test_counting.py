from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.dynamic import naming_of
from edgeguard.dynamic.loader import rules_from_text
from edgeguard.observe.samples.recorded import Answered, Then
from edgeguard.replay.counting import Counting, plain_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.replay.side import Side

KEY = b"a key for tests"
FAILURES = """\
- id: d-1
  title: Failures
  status: {status}
  when: {{status: [401]}}
  key: address
  limit: 3
  window: 1m
  action: {{ban: {{for: 10m}}}}
  tests:
    act: [{{times: 3, every: 1s, status: 401}}]
    quiet: [{{times: 9, every: 1m, status: 401}}]
"""
LOGINS = """\
- id: d-2
  title: Many passwords
  status: enforce
  when: {login: true}
  key: address
  count: {distinct: password}
  limit: 3
  window: 1m
  action: {ban: {for: 10m}}
  tests:
    act: [{times: 9, every: 1s, login: a, password: "p#", status: 401}]
    quiet: [{times: 9, every: 1s, login: a, password: p, status: 401}]
"""


@pytest.fixture
def counting_side(side: Any, rule: Any) -> Callable[..., Side]:
    def making(text: str, **more: Any) -> Side:
        config = plain_config()
        rules = rules_from_text(text, naming_of(config, KEY))
        return side(rule("t-1", "marzipan"), counting=Counting(rules, config, KEY, **more))

    return making


def outcomes(one: Side, requests: Any) -> list[str]:
    return [one.judge(each).outcome for each in requests]


def failing(recorded: Any, *times: float, **more: Any) -> Any:
    return [recorded(b"/in", client="203.0.113.7", time=1_700_000_000 + time, answered=Answered(401), **more) for time in times]


def test_it_counts_on_the_recorded_clock(counting_side: Any, recorded: Any) -> None:
    assert (
        outcomes(counting_side(FAILURES.format(status="enforce")), failing(recorded, 0, 5, 10, 15, 20))
        == ["pass"] * 3 + ["blocked"] * 2
    )
    assert outcomes(counting_side(FAILURES.format(status="enforce")), failing(recorded, 0, 50, 100, 150, 200)) == ["pass"] * 5


def test_what_is_done_ends_when_its_time_is_over(counting_side: Any, recorded: Any) -> None:
    one = counting_side(FAILURES.format(status="enforce"))
    assert outcomes(one, failing(recorded, 0, 1, 2, 3, 500, 700)) == ["pass"] * 3 + ["blocked", "blocked", "pass"]


def test_in_shadow_it_is_told_and_rules_are_asked(counting_side: Any, recorded: Any) -> None:
    one = counting_side(FAILURES.format(status="shadow"))
    assert outcomes(one, failing(recorded, 0, 1, 2, 3)) == ["pass"] * 3 + ["shadow"]
    judged = one.judge(recorded(b"/?q=marzipan", client="203.0.113.7", time=1_700_000_004))
    assert judged.outcome == "blocked"
    assert judged.rules == {"t-1", "d-1"}


def test_a_refusal_tells_by_which_rule(counting_side: Any, recorded: Any) -> None:
    one = counting_side(FAILURES.format(status="enforce"))
    outcomes(one, failing(recorded, 0, 1, 2))
    [judged] = [one.judge(each) for each in failing(recorded, 3)]
    assert (judged.status, judged.rules) == (403, {"d-1"})
    assert judged.held[0].title == "ban: Failures"
    assert one.judge(recorded(b"/", client="203.0.113.8", time=1_700_000_003)).outcome == "pass"


def test_logins_are_read_from_recorded_bodies(counting_side: Any, recorded: Any) -> None:
    def tries(*passwords: str) -> Any:
        return [
            recorded(b"/login", b'{"email":"a","password":"%b"}' % word.encode(), client="203.0.113.7", time=1_700_000_000.0 + at,
                     answered=Answered(401))
            for at, word in enumerate(passwords)
        ]  # fmt: skip

    assert outcomes(counting_side(LOGINS), tries(*"aaaaaa")) == ["pass"] * 6
    assert "blocked" in outcomes(counting_side(LOGINS), tries(*"abcdefgh"))


def test_what_a_query_costs_counts(counting_side: Any, recorded: Any) -> None:
    text = (
        FAILURES.format(status="enforce")
        .replace("when: {status: [401]}", "when: {cost: 100}")
        .replace("status: 401", "cost: 200")
    )
    query = b'{"query":"{a(first: 200){b{c}}}"}'
    requests = [recorded(b"/graphql", query, client="203.0.113.7", time=1_700_000_000.0 + at) for at in range(5)]
    assert outcomes(counting_side(text), requests) == ["pass"] * 3 + ["blocked"] * 2
    cheap = [recorded(b"/graphql", b'{"query":"{a}"}', client="203.0.113.7", time=1_700_000_000.0 + at) for at in range(5)]
    assert outcomes(counting_side(text), cheap) == ["pass"] * 5


def test_what_the_edge_blocked_then_and_passes_now_counts_as_answered(counting_side: Any, recorded: Any) -> None:
    text = FAILURES.format(status="enforce").replace("401", "403")
    requests = [
        recorded(b"/", client="203.0.113.7", time=1_700_000_000.0 + at, answered=Answered(403), then=Then("blocked", 5, ("old",)))
        for at in range(6)
    ]
    assert outcomes(counting_side(text), requests) == ["pass"] * 6
