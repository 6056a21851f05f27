from __future__ import annotations

import gc

import pytest

from edgeguard.cache.filling import Filling, Room


class Shelf:
    def __init__(self, most: int = 1000, object_most: int = 100) -> None:
        self.room = Room(most, object_most)
        self.bodies: list[bytes | None] = []

    def filling(self, length: int | None = None) -> Filling:
        return Filling(self.room, length, self.bodies.append)


@pytest.fixture
def shelf() -> Shelf:
    return Shelf()


def test_a_finished_body_is_handed_over_once_and_its_room_is_free_again(shelf: Shelf) -> None:
    filling = shelf.filling(length=5)
    filling.write(b"he")
    filling.write(b"llo")
    assert shelf.room.taken == 5
    filling.finish()
    filling.finish()
    filling.drop()
    filling.write(b"more")
    assert shelf.bodies == [b"hello"]
    assert (shelf.room.taken, filling.open) == (0, False)


def test_a_single_piece_is_not_copied(shelf: Shelf) -> None:
    piece = bytes(50)
    filling = shelf.filling()
    filling.write(piece)
    filling.finish()
    assert shelf.bodies[0] is piece


def test_a_body_without_pieces_is_empty(shelf: Shelf) -> None:
    shelf.filling(length=0).finish()
    assert shelf.bodies == [b""]


@pytest.mark.parametrize("length", [4, 6, -1])
def test_a_body_of_another_length_than_announced_is_given_up(shelf: Shelf, length: int) -> None:
    filling = shelf.filling(length=length)
    filling.write(b"hello")
    filling.finish()
    assert shelf.bodies == [None]


def test_a_dropped_body_is_never_handed_over(shelf: Shelf) -> None:
    filling = shelf.filling()
    filling.write(b"hel")
    filling.drop()
    filling.finish()
    assert shelf.bodies == [None]


def test_one_body_is_bounded(shelf: Shelf) -> None:
    filling = shelf.filling()
    filling.write(bytes(100))
    assert filling.open
    filling.write(b"x")
    assert (filling.open, shelf.bodies, shelf.room.taken) == (False, [None], 0)


def test_all_bodies_together_are_bounded() -> None:
    shelf = Shelf(most=250)
    fillings = [shelf.filling() for _ in range(3)]
    for filling in fillings:
        filling.write(bytes(100))
    assert [filling.open for filling in fillings] == [True, True, False]
    assert shelf.room.taken == 200


def test_a_forgotten_filling_gives_its_room_back(shelf: Shelf) -> None:
    shelf.filling().write(bytes(60))
    gc.collect()
    assert (shelf.room.taken, shelf.bodies) == (0, [None])


def test_repr_tells_the_state(shelf: Shelf) -> None:
    filling = shelf.filling()
    filling.write(b"abc")
    assert repr(filling) == "Filling(3 bytes, open)"
