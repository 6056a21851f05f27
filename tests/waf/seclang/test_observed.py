from __future__ import annotations

import pytest

from edgeguard.message import Client, Headers, Request
from edgeguard.waf.pcre import compile_pcre
from edgeguard.waf.seclang.macros import Reference
from edgeguard.waf.seclang.observed import Observed, macro
from edgeguard.waf.seen import Seen


@pytest.mark.parametrize(("name", "expected"), [(b"score", True), (b"score_1", False), (b"level_1", True), (b"level", False)])
def test_what_rules_about_variables_look_at(name: bytes, expected: bool) -> None:
    observed = Observed(frozenset({b"score"}), (compile_pcre(b"^level_").search,))
    assert observed.reads(name) is expected


def test_what_a_rule_writes_for_itself_is_noticed_by_nobody() -> None:
    observed = Observed(elsewhere=((7, compile_pcre(b"^count_").search),))
    assert observed.noticed(b"count_a", writer=8)
    assert not observed.noticed(b"count_a", writer=7)
    assert not observed.noticed(b"other", writer=8)


@pytest.mark.parametrize(
    ("collection", "key", "expected"),
    [
        ("REQUEST_METHOD", b"", b"GET"),
        ("REQUEST_HEADERS", b"host", b"a"),
        ("ARGS", b"", b"1"),
        ("ARGS", b"b", b"2"),
        ("ARGS", b"absent", b""),
        ("IP", b"n", b"supplied"),
        ("NOBODY", b"n", b""),
        ("REQUEST_METHOD", b"n", b""),
    ],
)
def test_what_macros_of_other_collections_stand_for(collection: str, key: bytes, expected: bytes) -> None:
    fields = [(b"host", b"a"), (b"accept", b"*/*")]
    seen = Seen(Request(b"GET", b"/?a=1&b=2", b"/", b"a=1&b=2", b"http", b"a", Headers(fields)), Client("", ""))
    assert macro(Reference(collection, key), seen, lambda _, __: [(b"n", b"supplied")]) == expected
