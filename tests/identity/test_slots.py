from __future__ import annotations

import os

from edgeguard.identity.slots import Slots, shared_slots


def digest(number: int) -> bytes:
    return number.to_bytes(16)


def test_what_was_added_is_here_until_it_ends() -> None:
    slots = Slots(64)
    slots.add(digest(1), 100)
    assert slots.holds(digest(1), 99)
    assert not slots.holds(digest(1), 100)
    assert not slots.holds(digest(2), 99)


def test_what_was_removed_is_gone() -> None:
    slots = Slots(64)
    slots.add(digest(1), 100)
    slots.add(digest(2), 100)
    slots.remove(digest(1))
    assert not slots.holds(digest(1), 0)
    assert slots.holds(digest(2), 0)


def test_an_empty_slot_holds_no_digest_of_zeros() -> None:
    assert not Slots(64).holds(bytes(16), 0)


def test_what_ends_first_makes_room() -> None:
    slots = Slots(8)  # one bucket
    for number in range(9):
        slots.add(digest(number), 100 + number)
    assert [slots.holds(digest(number), 0) for number in range(9)] == [False, *[True] * 8]


def test_added_again_it_takes_no_further_slot() -> None:
    slots = Slots(8)
    for end in range(100, 120):
        slots.add(digest(1), end)
    for number in range(2, 9):
        slots.add(digest(number), 50)
    assert slots.holds(digest(1), 118)
    assert slots.holds(digest(8), 0)


def test_a_child_and_its_parent_share_it() -> None:
    slots = shared_slots(64)
    assert shared_slots(64) is slots
    if (child := os.fork()) == 0:
        slots.add(digest(77), 100)
        os._exit(0)
    os.waitpid(child, 0)
    assert slots.holds(digest(77), 0)
    slots.remove(digest(77))
