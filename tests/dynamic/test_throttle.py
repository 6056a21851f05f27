from __future__ import annotations

from edgeguard.dynamic import throttle as module
from edgeguard.dynamic.throttle import Throttle


def test_so_many_in_so_many_seconds(sanction) -> None:
    throttle, held = Throttle(), sanction(act="tighten", requests=5, seconds=60.0)
    assert [throttle.wait(held, 1000.0) for _ in range(5)] == [0] * 5
    assert throttle.wait(held, 1000.0) == 12
    assert throttle.wait(held, 1006.5) == 6
    assert throttle.wait(held, 1012.0) == 0
    assert throttle.wait(held, 1012.0) == 12
    assert throttle.wait(sanction("203.0.113.6", act="tighten", requests=5, seconds=60.0), 1012.0) == 0


def test_a_clock_that_is_set_back_locks_nobody_out(sanction) -> None:
    throttle, held = Throttle(), sanction(act="tighten", requests=5, seconds=60.0)
    throttle.wait(held, 100_000.0)
    assert throttle.wait(held, 1000.0) <= 12


def test_buckets_are_bounded(sanction, monkeypatch) -> None:
    monkeypatch.setattr(module, "MOST", 10)
    throttle = Throttle()
    for number in range(100):
        throttle.wait(sanction(f"203.0.113.{number}", act="tighten", requests=1, seconds=60.0), 1000.0)
    assert len(throttle._full_at) <= 10
