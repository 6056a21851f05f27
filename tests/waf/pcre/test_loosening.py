from __future__ import annotations

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.pcre.engine import UNANCHORED, match_function
from edgeguard.waf.pcre.loosening import loosened, without_noise
from edgeguard.waf.pcre.reader import read
from edgeguard.waf.pcre.spelling import spell

NOISE = r"""["'\\)]*(?:(?:(?:\|\||&&)\s*)?\$[!#a-z]*)?\x5c?"""


def worded(word: str) -> str:
    return NOISE.join(word)


WORDS = [first + second + third for first in "abcd" for second in "efghij" for third in "klmnopq"]
LARGE = rf"(?:^|;|\b(?:{worded('sudo')}\s+|{worded('env')}))(?:{'|'.join(map(worded, WORDS))})(?:\s|$)"


@pytest.mark.parametrize(
    ("text", "loose"),
    [
        (rf"a{NOISE}b", r"""a["'&)\\|\s]*(?:\$["'&)\\|\s!#$a-z]*)?b"""),
        ("a-?b", "a-*b"),
        ("a-?x?b", "a-*x?b"),
        ("a(?:-|;)*,?b", "a[-;,]*b"),
        ("-a", "-a"),
    ],
)
def test_noise_loses_its_order(text: str, loose: str) -> None:
    node, expected = without_noise(read(text)[0]), read(loose)[0]
    assert spell(node) == spell(expected)


def test_words_that_are_too_many_are_parted() -> None:
    parts = loosened(read(LARGE)[0])
    assert 1 < len(parts) <= 64
    assert max(len(spell(part)) for part in parts) < len(LARGE) / 4
    assert loosened(read("abc")[0]) == [read("abc")[0]]


_PIECES = ["a", "e", "k", "b", "s", "u", "d", "o", ";", " ", "$", "$x", "\\\\", "'", "||", "&& $", ")", "aek", "sudo ", "dh"]


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_one_part_takes_whatever_the_whole_takes(text: str) -> None:
    value = text.encode()
    if _WHOLE(UNANCHORED, value, 0, len(value))[0][0] >= 0:
        assert any(part(UNANCHORED, value, 0, len(value))[0][0] >= 0 for part in _PARTS)


_WHOLE = match_function(spell(read(LARGE)[0]))
_PARTS = [match_function(spell(part)) for part in loosened(read(LARGE)[0])]


def test_the_words_themselves_are_found() -> None:
    for word in WORDS:
        for value in (f";{word} x".encode(), f";{word[0]}'\\\\$u{word[1:]}".encode(), f"x sudo {word} ".encode()):
            assert _WHOLE(UNANCHORED, value, 0, len(value))[0][0] >= 0
            assert any(part(UNANCHORED, value, 0, len(value))[0][0] >= 0 for part in _PARTS)


def test_what_is_no_command_is_not() -> None:
    assert isinstance(re2.Options, type)
    value = b"a text of some words, which ends here; and goes on"
    assert not any(part(UNANCHORED, value, 0, len(value))[0][0] >= 0 for part in _PARTS)
