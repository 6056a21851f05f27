from __future__ import annotations

from edgeguard.server.turns import Turns


def served(turns: Turns[int]) -> list[int]:
    found = []
    while (item := turns.next()) is not None:
        found.append(item)
    return found


def test_one_of_each_after_the_other() -> None:
    turns: Turns[int] = Turns(10, 5)
    for item in (1, 2, 3):
        turns.add("a", item)
    turns.add("b", 10)
    turns.add("c", 20)
    assert len(turns) == 5
    assert served(turns) == [1, 10, 20, 2, 3]
    assert len(turns) == 0


def test_both_bounds() -> None:
    turns: Turns[int] = Turns(3, 2)
    turns.add("a", 1)
    turns.add("a", 2)
    assert (turns.takes("a"), turns.takes("b")) == (False, True)
    turns.add("b", 3)
    assert not turns.takes("c")


def test_who_was_at_it_comes_first_again() -> None:
    turns: Turns[int] = Turns(9, 9)
    turns.add("a", 1)
    turns.add("b", 2)
    turns.add("b", 3)
    turns.add("b", 0, first=True)
    assert served(turns) == [0, 1, 2, 3]
    turns.add("c", 4, first=True)
    assert served(turns) == [4]


def test_who_goes_leaves_no_gap() -> None:
    turns: Turns[int] = Turns(9, 9)
    turns.add("a", 1)
    turns.add("b", 2)
    turns.remove("a", 1)
    turns.remove("a", 1)
    turns.remove("b", 9)
    assert (len(turns), served(turns)) == (1, [2])
