from __future__ import annotations

from edgeguard.waf.records import VARIABLES, Record, Records


def test_a_record_is_found_again_by_collection_and_key() -> None:
    store = Records()
    store.open("IP", b"a", 0.0).set(b"n", b"1")
    assert store.open("IP", b"a", 1.0).get(b"n") == b"1"
    assert store.open("IP", b"b", 1.0).get(b"n") == b""
    assert store.open("USER", b"a", 1.0).get(b"n") == b""


def test_a_record_ends_that_nobody_opens() -> None:
    store = Records(timeout=10)
    store.open("IP", b"a", 0.0).set(b"n", b"1")
    assert store.open("IP", b"a", 9.0).get(b"n") == b"1"
    assert store.open("IP", b"a", 18.9).get(b"n") == b"1"
    assert store.open("IP", b"a", 29.0).get(b"n") == b""


def test_the_record_goes_that_was_not_opened_for_the_longest() -> None:
    store = Records(most=2)
    for key in (b"a", b"b", b"a", b"c"):
        store.open("IP", key, 0.0).set(b"n", key)
    assert len(store) == 2
    assert store.open("IP", b"a", 0.0).get(b"n") == b"a"
    assert store.open("IP", b"b", 0.0).get(b"n") == b""


def test_a_variable_ends() -> None:
    record = Record(b"a", 1000).opened(0.0)
    record.set(b"n", b"1")
    record.expire(b"n", 10)
    record.expire(b"absent", 10)
    assert record.opened(9.0).get(b"n") == b"1"
    record.set(b"n", b"2")  # its end stays
    assert list(record.opened(10.0).items()) == []
    record.set(b"n", b"3")  # and is over with the value it was said of
    assert list(record.opened(999.0).items()) == [(b"n", b"3")]


def test_a_variable_is_taken_away() -> None:
    record = Record(b"a", 1000).opened(0.0)
    record.set(b"n", b"1")
    record.set(b"n", None)
    record.set(b"n", None)
    assert list(record.items()) == []


def test_keys_values_and_variables_are_bounded() -> None:
    store = Records()
    record = store.open("IP", b"k" * 1000, 0.0)
    assert store.open("IP", b"k" * 256 + b"x", 0.0) is record
    for number in range(VARIABLES + 1):
        record.set(b"%d" % number, b"v" * 5000)
    record.set(b"0", b"another")
    kept = dict(record.items())
    assert len(kept) == VARIABLES
    assert kept[b"0"] == b"another"
    assert {len(value) for name, value in kept.items() if name != b"0"} == {1024}


def test_repr_tells_the_variables() -> None:
    record = Record(b"a", 10).opened(0.0)
    record.set(b"n", b"1")
    assert repr(record) == "Record(b'a', {b'n': b'1'})"
