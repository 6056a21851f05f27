from __future__ import annotations

import random
from collections import OrderedDict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.cache.fifo import S3Fifo, Slot


class Shelf:
    """Slots by name in an S3Fifo, as a cache uses them."""

    def __init__(self, capacity: int) -> None:
        self.slots: dict[int, Slot] = {}
        self.fifo = S3Fifo(capacity, self.left)

    def left(self, slot: Slot) -> None:
        del self.slots[slot.mark]

    def ask(self, name: int, size: int = 100) -> bool:
        slot = self.slots.get(name)
        if slot is not None:
            slot.touch()
            return True
        slot = Slot(name, size)
        if self.fifo.admit(slot):
            self.slots[name] = slot
        return False


class Lru:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.names: OrderedDict[int, None] = OrderedDict()

    def ask(self, name: int) -> bool:
        if name in self.names:
            self.names.move_to_end(name)
            return True
        self.names[name] = None
        if len(self.names) * 100 > self.capacity:
            self.names.popitem(last=False)
        return False


def test_a_crawl_does_not_flush_what_is_asked_for_again_and_again() -> None:
    shelf = Shelf(10_000)
    for _ in range(4):
        for name in range(50):
            shelf.ask(name)
    for name in range(1000, 3000):
        shelf.ask(name)
    assert sum(name in shelf.slots for name in range(50)) >= 45


def workload(seed: int) -> list[int]:
    """Requests for 300 URLs of falling popularity, with a crawler that goes through as many others at a time, each once."""
    chance = random.Random(seed)
    weights = [1 / rank for rank in range(1, 301)]
    requests: list[int] = []
    for crawl in range(1, 101):
        requests += chance.choices(range(300), weights, k=300)
        requests += range(crawl * 1000, crawl * 1000 + 150)
    return requests


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_more_hits_than_lru_where_a_crawler_goes_through(seed: int) -> None:
    requests = workload(seed)
    shelf, lru = Shelf(10_400), Lru(10_000)  # the same room once the marks have taken theirs
    hits = sum(map(shelf.ask, requests))
    lru_hits = sum(map(lru.ask, requests))
    assert shelf.fifo.most <= lru.capacity + 100
    assert hits > lru_hits * 1.15, (hits, lru_hits)


def test_who_comes_back_soon_enters_the_main_queue() -> None:
    shelf = Shelf(400_000)
    shelf.ask(0)
    for name in range(1, 5000):
        shelf.ask(name)
    assert 4998 in shelf.slots
    gone = next(iter(shelf.fifo._ghosts))
    shelf.ask(gone)
    assert shelf.slots[gone].in_main


def test_what_is_larger_than_all_the_room_is_refused() -> None:
    shelf = Shelf(1000)
    shelf.ask(1)
    shelf.ask(2, size=1001)
    assert list(shelf.slots) == [1]


def test_marks_are_bounded() -> None:
    shelf = Shelf(100_000)
    for name in range(10_000):
        shelf.ask(name)
    assert len(shelf.fifo._ghosts) == shelf.fifo._most_ghosts == 24


actions = st.lists(
    st.tuples(st.sampled_from(["ask", "remove", "resize"]), st.integers(0, 30), st.integers(1, 3000)), max_size=200
)


@given(actions)
def test_the_bound_holds_and_the_count_is_right(steps: list[tuple[str, int, int]]) -> None:
    shelf = Shelf(5000)
    fifo = shelf.fifo
    for action, name, size in steps:
        slot = shelf.slots.get(name)
        if action == "ask":
            shelf.ask(name, size)
        elif slot is not None and action == "remove":
            fifo.remove(slot)
            del shelf.slots[name]
        elif slot is not None:
            fifo.resize(slot, size)
        assert fifo.used == sum(slot.size for slot in shelf.slots.values()) <= fifo.most
        assert fifo._small_bytes == sum(slot.size for slot in shelf.slots.values() if not slot.in_main)
        assert len(fifo) == len(shelf.slots)


def test_repr_tells_the_state() -> None:
    shelf = Shelf(10_000)
    shelf.ask(1)
    assert repr(shelf.fifo) == "S3Fifo(100 of 9680 bytes, small 1, main 0, ghosts 0)"
