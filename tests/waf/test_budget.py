from __future__ import annotations

import pytest

from edgeguard.waf.budget import Budget, Spent


class Clocks:
    """Time on the wall, and time that the thread had a core."""

    def __init__(self) -> None:
        self.now = self.worked = self.asked = 0

    def work(self, time: int) -> None:
        self.now += time
        self.worked += time

    def budget(self, nanoseconds: int) -> Budget:
        budget = Budget(lambda: self.now, self._worked)
        assert budget.start(nanoseconds) == self.now
        return budget

    def _worked(self) -> int:
        self.asked += 1
        return self.worked


def test_work_ends_it() -> None:
    clocks = Clocks()
    budget = clocks.budget(100)
    for _ in range(5):
        clocks.work(20)
        budget.tick()
    clocks.work(20)  # late at 60 for the first time, and then there is half of it once more
    with pytest.raises(Spent):
        budget.tick()


def test_what_others_work_counts_for_half_at_most() -> None:
    clocks = Clocks()
    budget = clocks.budget(100)
    for _ in range(10):
        clocks.now += 1000
        clocks.work(4)
        budget.tick()
    clocks.work(20)
    with pytest.raises(Spent):
        budget.tick()


def test_the_thread_s_time_is_not_asked_for_in_vain() -> None:
    clocks = Clocks()
    budget = clocks.budget(100)
    clocks.work(50)
    budget.tick()
    assert clocks.asked == 0
    clocks.work(1)
    budget.tick()
    assert clocks.asked == 1


def test_it_begins_anew() -> None:
    clocks = Clocks()
    budget = clocks.budget(10)
    clocks.work(6)
    budget.tick()
    clocks.work(6)
    with pytest.raises(Spent):
        budget.tick()
    budget.start(10)
    budget.tick()
