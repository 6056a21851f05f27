from __future__ import annotations

from edgeguard.waf.operators.seclang.rx_global import RxGlobal


def test_each_match_and_its_groups() -> None:
    operator = RxGlobal(rb"(\w)(\d)")
    assert operator.find(b"-a1b2") == (1, 3)
    assert operator.groups(b"-a1b2") == (b"a1", b"a", b"1", b"b2", b"b", b"2")
    assert operator.groups(b"-") == ()


def test_ten_places_are_filled() -> None:
    assert RxGlobal(b"a").groups(b"a" * 100) == (b"a",) * 10


def test_nothing_is_found_again_and_again() -> None:
    assert RxGlobal(b"b*").groups(b"abba") == (b"", b"bb", b"", b"")
