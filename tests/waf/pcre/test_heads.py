from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.pcre.engine import UNANCHORED, match_function
from edgeguard.waf.pcre.heads import by_heads
from edgeguard.waf.pcre.reader import read
from edgeguard.waf.pcre.spelling import spell

WORDS = "(?:cat|ls)"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (rf"(?:^|;)\s*{WORDS}", [rf"^\s*{WORDS}", rf";\s*{WORDS}"]),
        (rf"(?:time .*|;){WORDS}", [rf"time .*{WORDS}", rf";{WORDS}"]),
        (rf"(?:,,|;)\s*(?:\w*/)?{WORDS}", [rf"/{WORDS}", rf"(?:,,|;)\s*{WORDS}"]),
        (rf"(?:,,|;)(?:\w+=\w*\s)*(?:\w*/)?{WORDS}", [rf"(?:\w+=\w*\s|/){WORDS}", rf"(?:,,|;){WORDS}"]),
        (rf"(?:,,|;)(?:\w*)?{WORDS}", [rf"(?:,,|;)(?:\w*)?{WORDS}"]),
        (rf"x(?:;|,)(?:=a|:)?{WORDS}", [rf"x.*(?:=a|:){WORDS}", rf"x[;,]{WORDS}"]),
        (rf"x(?:^|;){WORDS}", [rf"x(?:^|;){WORDS}"]),
        (rf"(?:;|nohup ){WORDS}", [rf"nohup .*{WORDS}", rf";{WORDS}"]),
        (rf"(?:^|^ ){WORDS}", [rf"(?:^|^ ){WORDS}"]),
        (WORDS, [WORDS]),
        ("(?:a|b)c?", ["(?:a|b)c?"]),
        ("abc", ["abc"]),
    ],
)
def test_parted_by_what_precedes_the_words(text: str, parts: list[str]) -> None:
    assert [spell(part) for part in by_heads(read(text)[0])] == [spell(read(part)[0]) for part in parts]


_TEXTS = [
    rf"(?:^(?:json)?|[;=]|\|\|?|(?:time|env)\s.*|nohup)\s*(?:[!(]\s*|(?:\w+=\S*|\$\w+)\s+)*(?:[a-z/]*/)?{WORDS}\b",
    rf".\|(?:\s*|(?:env (?:-i)?.*x)|;)(?:a=b )*{WORDS}",
    rf"(?:a.*b|.*c|d)(?:=?;)*{WORDS}$",
]
_PARTED = [
    (match_function(spell(read(text)[0])), [match_function(spell(part)) for part in by_heads(read(text)[0])]) for text in _TEXTS
]
_PIECES = [
    "cat",
    "ls",
    ";",
    "|",
    "x|",
    "time ",
    "env ",
    "-i",
    "x",
    "a=b ",
    "b",
    "c",
    "d",
    "a",
    "=",
    "bin/",
    "(",
    "! ",
    " ",
    "$q ",
    "json",
    "nohup",
]


@settings(max_examples=2500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_one_part_takes_whatever_the_whole_takes(text: str) -> None:
    value = text.encode()
    for whole, parts in _PARTED:
        if whole(UNANCHORED, value, 0, len(value))[0][0] >= 0:
            assert any(part(UNANCHORED, value, 0, len(value))[0][0] >= 0 for part in parts)
