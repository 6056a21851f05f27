from __future__ import annotations

import pytest
import re2
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.expression import Expression
from edgeguard.waf.gate import Gate
from edgeguard.waf.pcre.octets import ALL, POSIX, SHORT, WORD, case_blind, folded, members, of, span, spelled

_MASKS = st.one_of(
    st.binary(min_size=1, max_size=6).map(of),
    st.builds(lambda low, high: span(min(low, high), max(low, high)), st.integers(0, 255), st.integers(0, 255)),
    st.sampled_from([*SHORT.values(), *POSIX.values(), ALL, ALL ^ WORD, ALL ^ of(b"\n")]),
)


@pytest.mark.parametrize("caseless", [False, True])
@given(mask=_MASKS)
def test_a_set_is_spelled_for_both_engines(mask: int, caseless: bool) -> None:
    if caseless:
        mask = folded(mask)
        if not case_blind(mask):
            return
    text = ("(?i)" if caseless else "") + spelled(mask, caseless=caseless)
    options = re2.Options()
    options.encoding, options.dot_nl = re2.Options.Encoding.LATIN1, True
    pattern = re2.compile(text.encode("ascii"), options)
    gate = Gate([Expression(text.encode("ascii"), 0)])
    assert not gate.ungated
    for octet in range(256):
        value = bytes([octet])
        assert (pattern.search(value) is not None) == bool(mask >> octet & 1)
        assert bool(gate.hits(value)) == bool(mask >> octet & 1)


def test_sets() -> None:
    assert members(of(b"b\x00a")) == b"\x00ab"
    assert members(span(0x61, 0x63)) == b"abc"
    assert members(folded(of(b"aZ1\xe9"))) == b"1AZaz\xe9"
    assert members(SHORT["s"]) == b"\t\n\v\f\r "


@pytest.mark.parametrize(
    ("octets", "blind"), [(b"aA1", True), (b"a", False), (b"1-", True), (b"\xe9", False), (b"\xe9\xc9", True), (b"\xd7", True)]
)
def test_case_blind(octets: bytes, blind: bool) -> None:
    assert case_blind(of(octets)) is blind


@pytest.mark.parametrize(
    ("mask", "text"),
    [
        (ALL, "."),
        (WORD, "\\w"),
        (ALL ^ WORD, "\\W"),
        (of(b"."), "\\."),
        (of(b"\xe9"), "\\xe9"),
        (of(b"abcx"), "[a-cx]"),
        (ALL ^ of(b"a"), "[^a]"),
    ],
)
def test_short_spellings(mask: int, text: str) -> None:
    assert spelled(mask, caseless=False) == text
