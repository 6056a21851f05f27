from __future__ import annotations

from edgeguard.gateway.request_id import RequestIds


def test_ids_differ_within_and_between_processes() -> None:
    one, other = RequestIds(), RequestIds()
    ids = [ids.next() for ids in (one, other) for _ in range(100)]
    assert len(set(ids)) == 200
    assert {len(item) for item in ids} == {24}
    assert ids[0][:16] == ids[99][:16] != ids[100][:16]


def test_the_counter_keeps_its_width() -> None:
    ids = RequestIds()
    ids._count = 0xFFFFFFFF
    assert len(ids.next()) == 24
