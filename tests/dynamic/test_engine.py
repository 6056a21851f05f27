from __future__ import annotations

import pytest

from edgeguard.dynamic.engine import Dynamic, by_hand
from edgeguard.dynamic.model import BY_HAND, Event, Subject
from edgeguard.identity.networks import NetworkSet
from edgeguard.message import Account, Client, Headers

NOW = 1_700_000_000.0
ADDRESS = "203.0.113.5"


def client(address: str = ADDRESS, account: str = "", *, verified: bool = False) -> Client:
    return Client(address, address, Account(account, "token", verified) if account else None)


def happen(engine: Dynamic, times: int, now: float = NOW, **event):
    begun = []
    for _ in range(times):
        begun += engine.observe(Event(**{"address": ADDRESS, "status": 404, **event}), now)
    return begun


def test_at_the_limit_the_action_begins_and_ends_in_time(rule, naming) -> None:
    engine = Dynamic([rule("when: {status: 404}", "action: {ban: {for: [1m, 10m]}}")], naming)
    assert happen(engine, 2) == []
    (begun,) = happen(engine, 1)
    assert (begun.act, begun.until - begun.began, begun.count) == ("ban", 60.0, 1)
    decision = engine.decision(client(), NOW + 1)
    assert decision is not None
    assert decision.sanction is begun
    assert decision.retry_after == 59
    assert engine.decision(client("203.0.113.6"), NOW + 1) is None
    assert engine.decision(client(), NOW + 60.1) is None


def test_a_repeater_is_held_longer_until_it_is_forgotten(rule, naming) -> None:
    engine = Dynamic([rule("action: {ban: {for: [1m, 10m, 1h]}}", "forget: 1h")], naming)
    lengths, now = [], NOW
    for _ in range(4):
        (begun,) = happen(engine, 3, now)
        lengths.append(begun.until - begun.began)
        now = begun.until + 10
    assert lengths == [60.0, 600.0, 3600.0, 3600.0]
    (begun,) = happen(engine, 3, now + 3600)
    assert begun.count == 1


def test_while_it_is_in_force_it_does_not_begin_again(rule, naming) -> None:
    engine = Dynamic([rule()], naming)
    assert len(happen(engine, 30)) == 1


def test_events_of_other_statuses_do_not_count(rule, naming) -> None:
    engine = Dynamic([rule("when: {status: [404, 5xx]}")], naming)
    assert happen(engine, 30, status=200) == []
    assert not engine.wants(200, matched=True, unusual=True, login=True, cache="miss", origin_seconds=9)
    assert engine.wants(503, matched=False, unusual=False, login=False, cache="", origin_seconds=0)
    assert len(happen(engine, 3, status=503)) == 1


def test_retired_rules_and_those_in_test_do_nothing(rule, naming) -> None:
    engine = Dynamic([rule(status="retired"), rule(status="test", id="t-2")], naming)
    assert happen(engine, 30) == []


def test_in_shadow_it_is_only_said(rule, naming) -> None:
    engine = Dynamic([rule(status="shadow")], naming)
    (begun,) = happen(engine, 3)
    assert begun.shadow
    decision = engine.decision(client(), NOW)
    assert decision is not None
    assert decision.sanction.shadow
    assert happen(Dynamic([rule()], naming, shadow=True), 3)[0].shadow


def test_proven_accounts_neither_count_by_address_nor_are_held_by_it(rule, naming) -> None:
    engine = Dynamic([rule()], naming)
    assert happen(engine, 30, account="ann", verified=True) == []
    happen(engine, 3)
    assert engine.decision(client(), NOW) is not None
    assert engine.decision(client(account="ann", verified=True), NOW) is None
    assert engine.decision(client(account="guessed"), NOW) is not None


def test_what_a_person_orders_holds_everybody(naming) -> None:
    engine = Dynamic([], naming, never=NetworkSet(["203.0.113.0/24"]))
    engine.learn(by_hand(Subject("network", "203.0.113.0/24"), "ban", 60, NOW), NOW)
    decision = engine.decision(client(account="ann", verified=True), NOW)
    assert decision is not None
    assert decision.sanction.rule == BY_HAND


def test_a_challenge_by_hand_does_not_hold_proven_accounts(naming) -> None:
    engine = Dynamic([], naming)
    engine.learn(by_hand(Subject("network", "0.0.0.0/0"), "challenge", 60, NOW), NOW)
    assert engine.decision(client(account="ann", verified=True), NOW) is None
    assert engine.decision(client(), NOW) is not None
    assert engine.decision(client(), NOW, challenged=True) is None


def test_rules_leave_some_addresses_alone(rule, naming) -> None:
    engine = Dynamic([rule()], naming, never=NetworkSet(["203.0.113.0/24"]))
    assert happen(engine, 30) == []
    assert len(happen(engine, 3, address="198.51.100.1")) == 1


def test_ipv6_counts_and_is_held_by_the_subscribers_network(rule, naming) -> None:
    engine = Dynamic([rule()], naming)
    for number in range(3):
        happen(engine, 1, address=f"2001:db8:1:2::{number}")
    assert engine.decision(client("2001:db8:1:2:ffff::9"), NOW) is not None
    assert engine.decision(client("2001:db8:1:3::9"), NOW) is None


def test_accounts_tokens_and_sessions_are_held_wherever_they_come_from(rule, naming) -> None:
    headers = Headers([(b"authorization", b"Bearer x"), (b"cookie", b"session=y")])
    for key in ("account", "token", "session"):
        engine = Dynamic([rule(f"key: {key}")], naming)
        happen(engine, 3, account="ann", verified=True, headers=headers)
        who = client("198.51.100.1", "ann", verified=True)
        assert engine.decision(who, NOW, headers) is not None, key
        assert engine.decision(client("198.51.100.1", "bob", verified=True), NOW, Headers()) is None, key


def test_a_login_is_held_by_its_name(rule, naming) -> None:
    engine = Dynamic([rule("key: login", "count: {distinct: password}", "action: {tighten: {requests: 2, seconds: 60}}")], naming)
    for number in range(4):
        happen(engine, 1, login="ann", password=f"p{number}", address=f"203.0.113.{number}")
    assert [engine.login("ann", NOW) is None for _ in range(3)] == [True, True, False]
    assert engine.login("bob", NOW) is None


def test_a_tightened_limit_lets_some_through(rule, naming) -> None:
    engine = Dynamic([rule("action: {tighten: {requests: 2, seconds: 60, for: 1h}}")], naming)
    happen(engine, 3)
    assert engine.decision(client(), NOW) is None
    assert engine.decision(client(), NOW) is None
    decision = engine.decision(client(), NOW)
    assert decision is not None
    assert decision.retry_after == 30


def test_log_holds_nobody_and_is_quiet_for_a_minute(rule, naming) -> None:
    engine = Dynamic([rule("action: log")], naming)
    assert len(happen(engine, 30)) == 1
    assert engine.decision(client(), NOW) is None
    assert len(happen(engine, 3, NOW + 61)) == 1


def test_sums(rule, naming) -> None:
    engine = Dynamic([rule("count: {sum: origin_ms}", "limit: 1000")], naming)
    assert happen(engine, 3, origin_seconds=0.3) == []
    assert len(happen(engine, 1, origin_seconds=0.3)) == 1


def test_what_is_lifted_is_over_and_the_next_is_the_first(rule, naming) -> None:
    engine = Dynamic([rule("action: {ban: {for: [1m, 10m]}}")], naming)
    (begun,) = happen(engine, 3)
    engine.lift(begun, NOW + 1, "ann")
    assert engine.decision(client(), NOW + 1) is None
    (again,) = happen(engine, 3, NOW + 2)
    assert (again.count, again.until - again.began) == (1, 60.0)


def test_others_may_have_counted_along(rule, naming) -> None:
    engine = Dynamic([rule()], naming)
    begun = engine.reached("t-1", ADDRESS, Event(address=ADDRESS), NOW)
    assert begun is not None
    assert engine.reached("t-1", ADDRESS, Event(address=ADDRESS), NOW) is None
    assert engine.reached("gone", ADDRESS, Event(address=ADDRESS), NOW) is None


def test_many_addresses_neither_exhaust_it_nor_help_the_attacker(rule, naming) -> None:
    engine = Dynamic([rule("limit: 20", "window: 1h")], naming, room=200)
    happen(engine, 15)
    for number in range(5000):
        happen(engine, 1, NOW + number / 100, address=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")
    assert engine.counters[0] <= 200
    assert len(happen(engine, 5, NOW + 60)) == 1


def test_by_hand_means_something_that_holds() -> None:
    with pytest.raises(ValueError, match="is no action"):
        by_hand(Subject("address", ADDRESS), "log", 60, NOW)


def test_the_same_events_come_out_the_same(rule, naming) -> None:
    def run() -> list[str]:
        engine = Dynamic([rule("count: {distinct: path}", "limit: 30", "action: {ban: {for: [5s]}}")], naming)
        told = []
        for number in range(500):
            told += [
                f"{number} {one.subject} {one.count}"
                for one in happen(engine, 1, NOW + number / 7, path=f"/{number * 7 % 97}", address=f"203.0.113.{number % 3}")
            ]
        return told

    assert run()
    assert run() == run()
