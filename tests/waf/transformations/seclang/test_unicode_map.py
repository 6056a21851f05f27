from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.unicode_map import read_unicode_map

FILE = """(MAC - Roman)

1250  (Central Europe)
00a1:21 2018:60

20127 (US-ASCII)
00a1:22 2019:27
10ffff:21

28591 (Latin 1)
00a1:23
"""


def test_a_code_page_is_read_and_no_other() -> None:
    mapping = read_unicode_map(FILE, 20127)
    assert mapping[0xA1] == b'"'
    assert mapping[0x2019] == b"'"
    assert 0x2018 not in mapping
    assert 0x10FFFF not in mapping
    assert mapping[0x3002] == mapping[0xFF61] == b"."


def test_a_code_page_that_is_not_there_is_an_error() -> None:
    with pytest.raises(ValueError, match="no code page 1251"):
        read_unicode_map(FILE, 1251)


@pytest.mark.parametrize("word", ["00a1:", "x:21", "00a1:zz"])
def test_what_is_no_pair_of_numbers_is_an_error(word: str) -> None:
    with pytest.raises(ValueError, match="two hexadecimal numbers"):
        read_unicode_map(f"20127 {word}", 20127)
