from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.dynamic.window import HIGHEST, MOST_DISTINCT, SETS, SLOTS, Counter, Distinct, Window

STEPS = st.lists(st.tuples(st.floats(0, 30), st.integers(1, 50)), max_size=60)


@given(STEPS, st.floats(1, 100))
def test_a_count_is_never_too_low_and_looks_back_an_eighth_too_far_at_most(steps, seconds) -> None:
    window, counter, now = Window(seconds), Counter(), 1_700_000_000.0
    seen: list[tuple[float, int]] = []
    for gap, amount in steps:
        now += gap
        seen.append((now, amount))
        total = window.add(counter, now, amount)
        tiny = 1e-6 * now * 1e-9 + 1e-5  # what floats near the epoch can tell
        assert total >= sum(count for at, count in seen if at > now - seconds + tiny)
        assert total <= sum(count for at, count in seen if at >= now - seconds * (1 + 1 / SLOTS) - tiny)
        assert window.total(counter, now) == total


def test_a_window_that_has_passed_is_empty() -> None:
    window, counter = Window(8), Counter()
    window.add(counter, 1000.0, 5)
    assert window.total(counter, 1007.9) == 5
    assert window.total(counter, 1009.1) == 0
    assert window.add(counter, 5000.0) == 1


def test_time_that_goes_back_loses_nothing() -> None:
    window, counter = Window(8), Counter()
    window.add(counter, 1000.0, 5)
    assert window.add(counter, 400.0, 1) == 6
    assert window.total(counter, 1001.0) == 6


def test_a_count_ends_at_its_highest() -> None:
    window, counter = Window(8), Counter()
    assert window.add(counter, 1000.0, HIGHEST - 1) == HIGHEST - 1
    assert window.add(counter, 1002.0, 100) == HIGHEST
    assert window.add(counter, 1004.0, 100) == HIGHEST
    assert counter.packed.bit_length() <= 24 * (SLOTS + 1)


@pytest.mark.parametrize("limit", [5, 25, 120, MOST_DISTINCT])
def test_different_things_are_told_within_a_tenth(limit) -> None:
    distinct, counter = Distinct(60, limit), Counter()
    reached = 0
    for number in range(2 * limit):
        if distinct.add(counter, 1000.0, hash((number, limit)) * 0x9E3779B97F4A7C15 >> 7) >= distinct.enough:
            reached = number + 1
            break
    assert limit * 0.9 - 1 <= reached <= limit * 1.1 + 2


def test_the_same_thing_counts_once_and_is_forgotten() -> None:
    distinct, counter = Distinct(8, 10), Counter()
    assert [distinct.add(counter, 1000.0 + turn / 10, 7) for turn in range(5)] == [1] * 5
    assert distinct.add(counter, 1001.0, 8) == 2
    assert distinct.total(counter, 1007.0) == 2
    assert distinct.total(counter, 1011.1) == 0
    assert distinct.add(counter, 1012.0, 9) == 1


@given(st.lists(st.tuples(st.floats(0, 5), st.integers(0, 40)), max_size=60))
def test_no_thing_of_the_window_is_missed_but_for_shared_bits(steps) -> None:
    distinct, counter, now = Distinct(10, 40), Counter(), 1_700_000_000.0
    seen: list[tuple[float, int]] = []
    for gap, thing in steps:
        now += gap
        seen.append((now, thing))
        bits = distinct.add(counter, now, thing)  # below `size`, so that each thing has a bit of its own
        assert bits >= len({one for at, one in seen if at > now - 10 + 1e-5})
        assert bits <= len({one for at, one in seen if at >= now - 10 * (1 + 1 / SETS) - 1e-5})


def test_bits_tell_how_many_things_there_were() -> None:
    distinct = Distinct(60, 100)
    assert 95 <= distinct.things(distinct.enough) <= 101
