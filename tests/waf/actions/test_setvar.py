from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.actions.setvar import setvar
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(
    ("argument", "collection", "key", "value"),
    [
        ("tx.a=1", "TX", b"a", b"1"),
        (" TX.A = 1", "TX", b"a", b" 1"),
        ("tx:a=1", "TX", b"a", b"1"),
        ("tx.a", "TX", b"a", b"1"),
        ("tx.a=", "TX", b"a", b""),
        ("tx.n=+2", "TX", b"n", b"5"),
        ("tx.n=-5", "TX", b"n", b"-2"),
        ("tx.n=+x", "TX", b"n", b"3"),
        ("tx.new=+2", "TX", b"new", b"2"),
        ("tx.n=+%{tx.n}", "TX", b"n", b"6"),
        ("tx.%{tx.who}=%{tx.n}", "TX", b"alice", b"3"),
        ("!tx.n", "TX", b"n", None),
        ("ip.seen=1", "IP", b"seen", b"1"),
    ],
)
def test_what_is_written(notes: Any, argument: str, collection: str, key: bytes, value: bytes | None) -> None:
    setvar(argument).apply(notes)
    assert notes.done == [("write", collection, key, value)]


@pytest.mark.parametrize(("argument", "key", "exact"), [("tx.a_%{tx.who}=1", b"a_", False), ("tx.a=%{tx.who}", b"a", True)])
def test_what_it_may_write_is_known_beforehand(argument: str, key: bytes, exact: bool) -> None:
    writes = setvar(argument).writes
    assert writes is not None
    assert (writes.collection, writes.key, writes.exact) == ("TX", key, exact)


@pytest.mark.parametrize("argument", ["", "tx", "tx.", "a=1", "args.a=1", "rule.id=1"])
def test_what_is_refused(argument: str) -> None:
    with pytest.raises(Refused, match="setvar"):
        setvar(argument)
