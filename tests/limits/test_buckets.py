from hypothesis import given
from hypothesis import strategies as st

from edgeguard.limits.buckets import LOOK, Buckets


def test_room_is_never_exceeded() -> None:
    buckets = Buckets(100)
    for number in range(10_000):
        buckets.add(str(number), number * 7919 % 1000, 500)
        assert len(buckets) <= 100
        assert len(buckets._ring) == len(buckets)


def test_full_buckets_go_first() -> None:
    buckets = Buckets(4)
    for name, full_at in (("empty", 90), ("full", 5), ("emptier", 99), ("filled", 10)):
        buckets.add(name, full_at, 0)
    buckets.add("new", 50, 10)
    assert set(buckets.state) == {"empty", "emptier", "new"}


def test_where_none_is_full_the_fullest_goes() -> None:
    buckets = Buckets(3)
    for name, full_at in (("empty", 90), ("nearly full", 11), ("emptier", 99)):
        buckets.add(name, full_at, 0)
    buckets.add("new", 50, 10)
    assert set(buckets.state) == {"empty", "emptier", "new"}


def test_a_flood_of_new_names_cannot_have_an_empty_bucket_forgotten() -> None:
    # The attacker emptied his bucket: a burst of 120 at 1,000 microseconds each. Then he shows a million other names, once each.
    buckets = Buckets(1000)
    buckets.add("attacker", 120_000, 0)
    for number in range(100_000):
        buckets.add(number.to_bytes(4, "big"), 1000, 0)
    assert buckets.state["attacker"] == 120_000


def test_to_push_out_an_empty_bucket_all_around_it_must_be_as_empty() -> None:
    buckets = Buckets(1000)
    buckets.add("attacker", 120_000, 0)
    drawn = 0
    while "attacker" in buckets.state:
        buckets.add(drawn.to_bytes(4, "big"), 120_001, 0)
        drawn += 1
    assert drawn >= buckets.room  # a whole table of names, each of which has just had its burst


def test_the_smallest_table_holds_one() -> None:
    buckets = Buckets(1)
    for number in range(5):
        buckets.add(str(number), 10, 0)
        assert list(buckets.state) == [str(number)]


@given(st.integers(1, 3 * LOOK), st.lists(st.tuples(st.integers(0, 40), st.integers(0, 50)), max_size=150))
def test_ring_and_state_hold_the_same_names(room: int, steps: list[tuple[int, int]]) -> None:
    buckets = Buckets(room)
    for now, (name, full_at) in enumerate(steps):
        if str(name) in buckets.state:
            buckets.state[str(name)] = full_at
        else:
            buckets.add(str(name), full_at, now)
        assert sorted(buckets._ring) == sorted(buckets.state)
        assert len(buckets) <= room
