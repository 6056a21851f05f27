from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.clock import ManualClock
from edgeguard.config.model import Learn
from edgeguard.identity.learned import Learned
from edgeguard.identity.slots import Slots

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.message import Request

    Making = Callable[..., Request]


def learned(key: bytes, clock: ManualClock | None = None, slots: Slots | None = None, **settings: Any) -> Learned:
    return Learned(Learn(**settings), key, slots or Slots(64), Slots(64), clock or ManualClock())


def test_a_credential_is_unknown_until_it_is_learned_and_after_its_time(key: bytes, request_with: Making) -> None:
    clock = ManualClock()
    room = learned(key, clock, seconds=60)
    credential = room.credential(request_with(b"authorization", b"Bearer abc"))
    assert credential is not None
    assert not room.knows(credential)
    room.learn(credential)
    assert room.knows(credential)
    clock.advance(61)
    assert not room.knows(credential)
    room.learn(credential)
    room.forget(credential)
    assert not room.knows(credential)


@pytest.mark.parametrize("value", [b"Basic c3RhZ2luZzpzdGFnaW5n", b"Digest x", b"", b"Bearer", b"Bearer " + b"x" * 9000])
def test_what_is_no_credential_of_ones_own(key: bytes, request_with: Making, value: bytes) -> None:
    assert learned(key).credential(request_with(b"authorization", value)) is None


def test_no_field_is_no_credential(key: bytes, request_with: Making) -> None:
    assert learned(key).credential(request_with()) is None
    assert learned(key).credential(request_with(b"cookie", b"session=x")) is None


def test_one_credential_beside_another_is_another(key: bytes, request_with: Making) -> None:
    room = learned(key, cookies=["session"], headers=["authorization", "x-api-key"])
    made = [
        room.credential(request_with(*fields))
        for fields in (
            (b"authorization", b"Bearer a"),
            (b"authorization", b"Bearer b"),
            (b"x-api-key", b"a"),
            (b"cookie", b"session=a"),
            (b"cookie", b"session=b"),
            (b"authorization", b"Bearer a", b"cookie", b"session=a"),
            (b"authorization", b"Bearer a", b"x-api-key", b"a"),
        )
    ]
    assert None not in made
    assert len(set(made)) == len(made)


def test_spellings_that_say_the_same_are_one(key: bytes, request_with: Making) -> None:
    room = learned(key)
    assert room.credential(request_with(b"authorization", b"Bearer a")) == room.credential(
        request_with(b"authorization", b"bearer  a")
    )


def test_hosts_and_keys_differ(key: bytes, request_with: Making) -> None:
    one = request_with(b"authorization", b"Bearer a")
    other = request_with(b"authorization", b"Bearer a", authority=b"other.example")
    assert learned(key).credential(one) != learned(key).credential(other)
    assert learned(key).credential(one) != learned(b"another key!").credential(one)


def test_a_place_is_no_credential(key: bytes) -> None:
    room = learned(key)
    room.guarded(b"/items")
    assert room.guards(b"/items")
    assert not room.guards(b"/item")


def test_places_that_strangers_make_up_push_no_credential_out(key: bytes, request_with: Making) -> None:
    room = learned(key)
    credential = room.credential(request_with(b"authorization", b"Bearer abc"))
    assert credential is not None
    room.learn(credential)
    for number in range(2000):
        room.guarded(b"/items/%d" % number)
    assert room.knows(credential)
