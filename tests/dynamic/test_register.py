from __future__ import annotations

from edgeguard.dynamic.model import BY_HAND, Subject
from edgeguard.dynamic.register import Register

ADDRESS = Subject("address", "203.0.113.5")


def test_the_strongest_comes_first(sanction) -> None:
    register = Register()
    for number, act in enumerate(("tighten", "ban", "challenge")):
        register.put(sanction(act=act, rule=f"t-{number}"), 100.0)
    assert [one.act for one in register.find(ADDRESS)] == ["ban", "challenge", "tighten"]
    assert register.busy


def test_the_later_word_holds(sanction) -> None:
    register = Register()
    assert register.put(sanction(changed=100.0), 100.0)
    assert not register.put(sanction(changed=100.0, until=900.0), 100.0)
    assert not register.put(sanction(changed=99.0), 100.0)
    assert register.put(sanction(changed=101.0, until=100.0), 101.0)
    assert register.find(ADDRESS) == ()
    assert not register.busy


def test_networks_are_found_by_what_lies_in_them(sanction) -> None:
    register = Register()
    register.put(sanction("203.0.113.0/24", "network"), 100.0)
    register.put(sanction("203.0.0.0/16", "network", rule="t-2"), 100.0)
    register.put(sanction("2001:db8:1:2::/64", "network"), 100.0)
    assert {one.rule for one in register.around("203.0.113.9")} == {"t-1", "t-2"}
    assert [one.subject.value for one in register.around("2001:db8:1:2:3::4")] == ["2001:db8:1:2::/64"]
    assert register.around("198.51.100.1") == []
    assert register.around("no address") == []
    register.sweep(250.0)
    assert register.around("203.0.113.9") == []
    assert (register.networks, register.busy) == (0, False)


def test_what_is_over_is_remembered_for_a_while(sanction) -> None:
    register = Register()
    register.put(sanction(), 100.0)
    assert len(register.sweep(150.0)) == 1
    assert register.sweep(250.0) == []
    assert register.get(ADDRESS, "t-1") is not None
    register.sweep(301.0)
    assert register.get(ADDRESS, "t-1") is None
    assert len(register) == 0


def test_it_is_bounded_and_keeps_what_a_person_ordered(sanction) -> None:
    register = Register(32)
    register.put(sanction("198.51.100.1", rule=BY_HAND, until=101.0), 100.0)
    for number in range(1000):
        register.put(sanction(f"10.0.{number >> 8}.{number & 255}", until=500.0 + number), 100.0)
    assert len(register) <= 32
    assert register.get(Subject("address", "198.51.100.1"), BY_HAND) is not None
    assert register.get(Subject("address", "10.0.3.231"), "t-1") is not None
    assert register.dropped > 900


def test_others_are_counted(sanction) -> None:
    register = Register()
    register.put(sanction("ann", "account"), 100.0)
    assert register.others == 1
    register.sweep(250.0)
    assert register.others == 0
