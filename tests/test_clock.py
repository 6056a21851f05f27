from __future__ import annotations

import time

from edgeguard.clock import Clock, ManualClock, SystemClock


def test_system_clock_reads_the_machines() -> None:
    clock: Clock = SystemClock()
    before, wall = time.monotonic(), time.time()
    assert before <= clock.monotonic() <= time.monotonic()
    assert abs(clock.wall() - wall) < 60


def test_manual_clock_stands_still() -> None:
    clock: Clock = ManualClock(5.0)
    assert [(clock.wall(), clock.monotonic()) for _ in range(3)] == [(5.0, 1000.0)] * 3


def test_manual_clock_moves_both_readings() -> None:
    clock = ManualClock()
    clock.advance(1.5)
    clock.advance(0.5)
    assert (clock.wall(), clock.monotonic()) == (1_700_000_002.0, 1002.0)
