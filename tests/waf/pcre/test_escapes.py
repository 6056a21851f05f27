from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.escapes import one_octet, short_set
from edgeguard.waf.pcre.octets import ALL, DIGIT, members


@pytest.mark.parametrize(
    ("text", "octet", "end"),
    [
        ("n", 10, 1),
        ("e", 27, 1),
        ("x41b", 0x41, 3),
        ("x4g", 4, 2),
        ("xg", 0, 1),
        ("x{e9}", 0xE9, 5),
        ("o{101}", 65, 6),
        ("101", 65, 3),
        ("08", 0, 1),
        ("0101", 8, 3),
        ("cA", 1, 2),
        (".", 46, 1),
        ("\xe9", 0xE9, 1),
    ],
)
def test_one_octet(text: str, octet: int, end: int) -> None:
    assert one_octet(text, 0) == (octet, end)


@pytest.mark.parametrize("text", ["", "x{100}", "x{}", "x{1", "o{9}", "777", "pL", "X", "K", "u0041", "y", "8", "L"])
def test_what_is_no_octet_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        one_octet(text, 0)


def test_sets_by_a_letter() -> None:
    assert short_set("d") == DIGIT
    assert short_set("D") == ALL ^ DIGIT
    assert members(short_set("h") or 0) == b"\t \xa0"
    assert members(short_set("v") or 0) == b"\n\v\f\r\x85"
    assert short_set("C") == ALL
    assert short_set("b") is None
