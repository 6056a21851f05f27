from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.pm import Pm


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"abc def ghi", b"xxDEFxx", (2, 5)),
        (b"abc def ghi", b"xxx", None),
        (b"abcde bcd", b"abcde", (1, 4)),
        (b"abcd bcd", b"abcd", (0, 4)),
        (b"a|00|b c", b"xA\0B", (1, 4)),
        (b"a|20|b", b"xb", (1, 2)),
        (b"a|20 20|b", b"a|20", (0, 4)),
        (b"a\\:b", b"a:b", (0, 3)),
        (b"a\\qb", b"a\\qb", (0, 4)),
        (b'"abc def"', b"def", (0, 3)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Pm(argument).find(value) == span


def test_the_phrase_is_kept_as_it_is_written() -> None:
    assert Pm(b"SqlMap Nikto").groups(b"a NIKTO b") == (b"Nikto",)
    assert Pm(b"SqlMap Nikto").groups(b"a") == ()


def test_phrases_are_needed() -> None:
    with pytest.raises(Refused, match="phrases"):
        Pm(b"  ")
