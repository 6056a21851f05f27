from __future__ import annotations

import pytest

from edgeguard.config.model import OriginHealth
from edgeguard.origin.health import Health


@pytest.fixture
def health() -> Health:
    return Health(OriginHealth(failures=3, eject_seconds=5, eject_seconds_most=12))


def eject(health: Health, now: float = 100.0) -> None:
    for _ in range(3):
        health.failed(now)


def test_failures_in_a_row_eject(health) -> None:
    health.failed(100)
    health.failed(100)
    assert health.admits(100)
    assert repr(health) == "Health(healthy, failures=2, ejections=0)"
    health.failed(100)
    assert not health.admits(104.9)
    assert repr(health) == "Health(ejected, failures=3, ejections=1)"


def test_an_answer_between_them_resets_the_count(health) -> None:
    for _ in range(5):
        health.failed(100)
        health.failed(100)
        health.succeeded()
    assert health.admits(100)


def test_one_probe_at_a_time_once_the_ejection_is_over(health) -> None:
    eject(health)
    assert health.admits(105)
    health.sent()
    assert repr(health) == "Health(probing, failures=3, ejections=1)"
    assert not health.admits(105)
    health.succeeded()
    assert repr(health) == "Health(healthy, failures=0, ejections=1)"
    assert health.admits(105)


def test_a_probe_that_was_given_up_leaves_room_for_another(health) -> None:
    eject(health)
    health.sent()
    health.dropped()
    assert health.admits(105)


def test_each_failed_probe_doubles_the_ejection_up_to_the_most(health) -> None:
    eject(health, 0)
    ends = [health.until]
    for _ in range(3):
        health.sent()
        health.failed(health.until)
        ends.append(health.until)
    assert ends == [5, 15, 27, 39]
    assert health.ejections == 4
    health.succeeded()
    eject(health, 100)
    assert health.until == 105


def test_requests_under_way_at_the_ejection_do_not_lengthen_it(health) -> None:
    eject(health, 100)
    health.failed(104)
    assert (health.until, health.ejections) == (105, 1)
