from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.transformations.seclang.narrow_utf8 import NarrowUtf8, narrow_utf8
from edgeguard.waf.transformations.seclang.url_decode_uni import MappedUrlDecodeUni, url_decode_uni
from edgeguard.waf.transformations.utf8_to_unicode import utf8_to_unicode

_PIECES = [
    "%",
    "+",
    "u00",
    "%41",
    "%4",
    "1",
    "é",
    "\uff1c",
    "\uff0b",
    "\uff05",
    "船",
    "😀",
    "%u0041",
    "%uff1c",
    "%é1",
    "\0",
    "\\",
    "ঢ",
    "ĥ",
    "abc ",
]
_DECODE = MappedUrlDecodeUni({0xE9: b"e", 0x8239: b"<", 0x2E: b".", 0x20AC: b"E"})
_mapped = NarrowUtf8(_DECODE, _DECODE.mapping)


@given(
    st.one_of(
        st.lists(st.sampled_from(_PIECES), max_size=12).map(lambda parts: "".join(parts).encode()),
        st.binary(max_size=40),
        st.text(max_size=40).map(lambda text: text.encode("utf-8", "surrogatepass")),
    )
)
def test_it_is_the_two_steps_in_one(value: bytes) -> None:
    assert narrow_utf8(value) == url_decode_uni(utf8_to_unicode(value))
    assert _mapped(value) == _DECODE(utf8_to_unicode(value))


@pytest.mark.parametrize(
    ("value", "made"),
    [
        ("naïve".encode(), "naïve".encode("latin-1")),
        ("船+50%".encode(), b"9 50%"),  # U+8239
        ("\uff05ĥ+%41é".encode(), b"%% A\xe9"),
        (b"plain", b"plain"),
        (b"\xff+", b"\xff "),
    ],
)
def test_examples(value: bytes, made: bytes) -> None:
    assert narrow_utf8(value) == made
