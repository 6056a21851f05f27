from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.detect_sqli import DetectSqli


@pytest.mark.parametrize(
    ("value", "span", "groups"),
    [
        (b"x' or 1=1--", (1, 9), (b"tautology",)),
        (b"1 union select a,b", (0, 17), (b"union+list",)),
        (b"' | x | '", (0, 9), (b"spliced",)),
        (b"/a/24 union select 1,2", None, ()),
        (b"/a/24' union select 1,2", (5, 21), (b"union+list",)),
        (b"O'Brien", None, ()),
        (b"union jack", None, ()),
    ],
)
def test_detect_sqli(value: bytes, span: tuple[int, int] | None, groups: tuple[bytes, ...]) -> None:
    operator = DetectSqli()
    assert operator.find(value) == span
    assert operator.groups(value) == groups


def test_an_argument_is_ignored() -> None:
    assert DetectSqli("any").find(b"x' or 1=1--") == (1, 9)


_GATE = Gate(DetectSqli.gate or ())
_PIECES = ["'", '"', " ", "/**/", "--", "#", "*/", "/*!50000", "1", "@v", "foo", "=", "or", "and", "(", ")", ",", ";", "|", "-"]
_PIECES += ["union", " all", " select ", "null", "declare", "@x int", "waitfor delay", "'0'", "begin", "exec", "\n", "\xa0"]


def test_all_of_the_gate_is_read() -> None:
    assert not _GATE.ungated


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join), st.sampled_from(["utf-8", "latin-1"]))
def test_the_gate_sees_whatever_is_found(value: str, coding: str) -> None:
    octets = value.encode(coding)
    if DetectSqli().find(octets) is not None:
        assert _GATE.hits(octets)


@pytest.mark.parametrize("value", [b" " * 65_536 + b"1' union select a from b -- ", b"1'" + b"\n" * 65_536 + b"or 1=1 -- "])
def test_padding_hides_nothing(value: bytes) -> None:
    assert DetectSqli().find(value) is not None
