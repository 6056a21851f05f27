from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf import gates as under_test
from edgeguard.waf.databases import Databases
from edgeguard.waf.expression import Expression
from edgeguard.waf.gates import divided, make_gates

if TYPE_CHECKING:
    from pathlib import Path

PHRASES = [Expression(b"phrase%d" % number, marked=number % 3 == 0) for number in range(50)]


def patterns(count: int, *, marked: bool = False, bare: bool = False) -> list[Expression]:
    return [Expression(b"(?:a|b)" * 20 + b"%d" % number, marked=marked, bare=bare) for number in range(count)]


def test_a_few_share_one_database() -> None:
    some = [*PHRASES, *patterns(20), *patterns(20, marked=True), *patterns(1, bare=True)]
    assert divided([]) == []
    assert [set(each) for each in divided(some)] == [set(some)]
    assert divided(some) == divided(reversed(some))


def test_of_many_those_that_need_a_mark_are_apart_and_those_for_bare_values() -> None:
    some = [*PHRASES, *patterns(40), *patterns(40, marked=True), *patterns(10, bare=True), *patterns(10, bare=True, marked=True)]
    assert [{(each.marked, each.bare) for each in part} for part in divided(some)] == [
        {(False, False), (False, True)},
        {(True, False)},
        {(True, True)},
    ]


@given(st.integers(0, 600), st.integers(0, 100))
def test_each_is_in_one_database_and_none_is_too_large(count: int, bare: int) -> None:
    some = [*PHRASES, *patterns(count, marked=True), *patterns(bare, marked=True, bare=True)]
    sets = divided(some)
    assert sorted(map(repr, some)) == sorted(repr(each) for part in sets for each in part)
    for part in sets:
        assert sum(len(each.text) > 60 for each in part) <= 256


def test_what_is_kept_is_not_compiled_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases = Databases(tmp_path / "databases")
    sets = [(Expression(b"abc"), Expression(b"x")), (Expression(b"def"),)]
    first = make_gates(sets, databases)
    monkeypatch.setattr(under_test, "compiled", lambda _: pytest.fail("compiled again"))
    second = make_gates(sets, databases)
    for found in (first, second):
        assert list(found) == sets or set(found) == set(sets)
        assert [sorted(found[each].hits(b"abcdefx")) for each in sets] == [[0, 1], [0]]


@pytest.mark.parametrize("forked", [True, False])
def test_compiled_side_by_side_they_are_the_same(monkeypatch: pytest.MonkeyPatch, *, forked: bool) -> None:
    monkeypatch.setattr(under_test, "_FORKED", 0 if forked else 1 << 30)
    monkeypatch.setattr("threading.active_count", lambda: 1)
    sets = [(Expression(b"one%d" % number), Expression(b"(?<=a)b"), Expression(b"two%d" % number)) for number in range(8)]
    found = make_gates([*sets, sets[0]], None)
    for number, each in enumerate(sets):
        assert {0, 2} <= set(found[each].hits(b"one%d two%d" % (number, number))) | found[each].ungated
        assert not {0, 2} & set(found[each].hits(b"three"))


def test_what_a_process_did_not_do_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "side_by_side", lambda *_: {})
    only = (Expression(b"abc"),)
    assert list(make_gates([only], None)[only].hits(b"abc")) == [0]


def test_a_database_that_cannot_be_read_is_compiled_anew(tmp_path: Path) -> None:
    databases = Databases(tmp_path / "databases")
    only = (Expression(b"abc"),)
    databases.put(under_test.key_of(only), b"[0]\nfor another processor")
    assert list(make_gates([only], databases)[only].hits(b"abc")) == [0]
    assert databases.get(under_test.key_of(only)) != b"[0]\nfor another processor"
