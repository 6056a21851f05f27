from __future__ import annotations

from edgeguard.dynamic.model import BY_HAND, Subject


def test_a_subject_reads_as_people_say_it() -> None:
    assert str(Subject("network", "203.0.113.0/24")) == "network 203.0.113.0/24"


def test_a_persons_order_is_hard(sanction) -> None:
    assert sanction(rule=BY_HAND).hard
    assert not sanction().hard
    assert sanction().name == (Subject("address", "203.0.113.5"), "t-1")
