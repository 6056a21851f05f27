from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.brackets import read_brackets
from edgeguard.waf.pcre.octets import ALL, members, of


@pytest.mark.parametrize(
    ("text", "octets"),
    [
        ("[abc]", b"abc"),
        ("[a-c]", b"abc"),
        ("[]a]", b"]a"),
        ("[a-]", b"a-"),
        ("[-a]", b"a-"),
        ("[\\d-x]", b"0123456789-x"),
        ("[a-\\d]", b"a-0123456789"),
        ("[\\x41-\\x43]", b"ABC"),
        ("[\\b]", b"\x08"),
        ("[[:digit:]a]", b"0123456789a"),
        ("[[:x]", b"[:x"),
        ("[[a]", b"[a"),
        ("[\\Qa-c]\\E]", b"a-c]"),
        ("[\\]]", b"]"),
        ("[.$^]", b".$^"),
        ("[\\h]", b"\t \xa0"),
    ],
)
def test_members(text: str, octets: bytes) -> None:
    mask, end = read_brackets(text + "rest", 0, caseless=False)
    assert members(mask) == bytes(sorted(octets))
    assert end == len(text)


def test_negated_and_caseless() -> None:
    assert read_brackets("[^a]", 0, caseless=False)[0] == ALL ^ of(b"a")
    assert read_brackets("[^a]", 0, caseless=True)[0] == ALL ^ of(b"aA")
    assert read_brackets("[^]]", 0, caseless=False)[0] == ALL ^ of(b"]")
    assert read_brackets("[[:^digit:]]", 0, caseless=False)[0] == ALL ^ of(b"0123456789")


@pytest.mark.parametrize("text", ["[a", "[]", "[c-a]", "[[:no:]]", "[[.a.]]", "[^\\x00-\\xff]", "[\\pL]", "[a-\\Qb\\E]", "[\\N]"])
def test_what_makes_no_sense_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_brackets(text, 0, caseless=False)
