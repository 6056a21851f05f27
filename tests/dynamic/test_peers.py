from __future__ import annotations

import os
import subprocess

import pytest

from edgeguard.dynamic import peers as module
from edgeguard.dynamic.engine import Dynamic
from edgeguard.dynamic.model import Event
from edgeguard.dynamic.peers import PREFIX, RECORDS, Peers

NOW = 1_700_000_000.0


@pytest.fixture
def workers(tmp_path, naming):
    """`workers(rule, …)` gives the engines and rings of two workers that know of each other."""

    def make(*rules):
        engines = [Dynamic(rules, naming), Dynamic(rules, naming)]
        rings = [Peers(tmp_path, number, engine) for number, engine in enumerate(engines)]
        for engine, ring in zip(engines, rings, strict=True):
            engine.tallies = (ring,)
            ring.look_around()
        return engines, rings

    return make


def happen(engine, times: int, now: float = NOW, **event):
    return [one for _ in range(times) for one in engine.observe(Event(**{"address": "203.0.113.5", **event}), now)]


def turn(rings, now: float = NOW) -> None:
    for _ in range(2):
        for ring in rings:
            ring.turn(now)


def test_counts_are_added_up(workers, rule) -> None:
    (one, other), rings = workers(rule("limit: 6", "window: 60s"))
    happen(one, 3)
    happen(other, 2)
    turn(rings)
    assert len(happen(one, 1)) == 1
    assert happen(other, 1, address="203.0.113.6") == []


def test_nothing_is_counted_twice(workers, rule) -> None:
    (one, other), rings = workers(rule("limit: 6", "window: 60s"))
    happen(one, 4)
    for _ in range(5):
        turn(rings)
    assert happen(other, 1) == []


def test_different_things_are_told_apart(workers, rule) -> None:
    (one, other), rings = workers(rule("count: {distinct: path}", "limit: 6", "window: 60s"))
    for number in range(4):
        happen(one, 1, path=f"/{number}")
        happen(other, 1, path=f"/{number}")
    turn(rings)
    assert happen(one, 1, path="/new") == []
    turn(rings)
    assert len(happen(other, 1, path="/newer")) == 1


def test_when_one_has_acted_the_others_begin_from_nothing(workers, rule) -> None:
    (one, other), rings = workers(rule("limit: 4", "window: 1h", "action: {ban: {for: [1s, 1h]}}"))
    happen(one, 2)
    happen(other, 1)
    turn(rings)
    assert len(happen(one, 1)) == 1
    turn(rings)
    assert happen(other, 3, NOW + 2) == []


def test_sums_go_over_as_they_are(workers, rule) -> None:
    (one, other), rings = workers(rule("count: {sum: origin_ms}", "limit: 1000", "window: 60s"))
    happen(one, 3, origin_seconds=0.3)
    turn(rings)
    assert len(happen(other, 1, origin_seconds=0.1)) == 1


def test_other_rules_of_the_same_name_are_not_mixed_up(tmp_path, rule, naming) -> None:
    one, other = Dynamic([rule("limit: 3")], naming), Dynamic([rule("limit: 4")], naming)
    rings = [Peers(tmp_path, 0, one), Peers(tmp_path, 1, other)]
    one.tallies = (rings[0],)
    for ring in rings:
        ring.look_around()
    happen(one, 2)
    turn(rings)
    assert happen(other, 3) == []


def test_more_than_a_ring_holds_is_left_out(workers, rule) -> None:
    (one, other), rings = workers(rule("limit: 100", "window: 60s"))
    for number in range(RECORDS + 500):
        happen(one, 1, address=f"10.0.{number >> 8}.{number & 255}")
    turn(rings)
    assert other.counters[0] == RECORDS
    for number in range(3 * RECORDS):
        happen(one, 1, address=f"10.1.{number >> 8}.{number & 255}")
        if number % 500 == 0:
            rings[0].turn(NOW)
    rings[1].turn(NOW)  # late by more than a ring: it takes what is there
    assert other.counters[0] <= 2 * RECORDS


def test_long_keys_are_shortened_so_that_they_can_be_told(workers, rule) -> None:
    (one, other), rings = workers(rule("key: [address, host, path]", "limit: 3"))
    happen(one, 2, host="h" * 60, path="/" + "p" * 60)
    turn(rings)
    assert len(happen(other, 1, host="h" * 60, path="/" + "p" * 60)) == 1


def test_those_who_leave_are_let_go(workers, rule, tmp_path) -> None:
    _, rings = workers(rule())
    rings[1].close()
    rings[0].look_around()
    assert rings[0]._others == {}
    assert [path.name for path in tmp_path.glob(PREFIX + "*")] == [f"{PREFIX}0"]


def test_the_ring_of_one_who_was_killed_goes(workers, rule, tmp_path, monkeypatch) -> None:
    _, rings = workers(rule())
    gone = subprocess.Popen(["true"])
    gone.wait()
    ours = os.getpid()
    monkeypatch.setattr(module.os, "getpid", lambda: gone.pid)
    Peers(tmp_path, 7, Dynamic([], None))
    monkeypatch.setattr(module.os, "getpid", lambda: ours)
    rings[0].look_around()
    assert f"{PREFIX}7" not in rings[0]._others
    assert not (tmp_path / f"{PREFIX}7").exists()


def test_what_is_no_ring_is_left_alone(workers, rule, tmp_path) -> None:
    _, rings = workers(rule())
    (tmp_path / f"{PREFIX}9").write_bytes(b"x" * 1_000_000)
    (tmp_path / f"{PREFIX}8").write_bytes(b"")
    rings[0].look_around()
    assert set(rings[0]._others) == {f"{PREFIX}1"}
