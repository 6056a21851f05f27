from __future__ import annotations

from typing import TYPE_CHECKING

import hyperscan
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.phrases import Phrases

if TYPE_CHECKING:
    import pytest

_PHRASE = st.one_of(
    st.text("abAB ", min_size=1, max_size=4).map(str.encode), st.sampled_from([b"\0", b"\xe9a", b"a.b", b"(b|", b"\xc9"])
)
_VALUE = st.one_of(st.text("abAB \0.(|", max_size=16).map(str.encode), st.binary(max_size=10), st.just(b"x\xe9A"))


@given(st.lists(_PHRASE, min_size=1, max_size=12), _VALUE)
def test_against_looking_for_each(texts: list[bytes], value: bytes) -> None:
    lower = value.lower()
    ends = [lower.find(text.lower()) + len(text) for text in texts if text.lower() in lower]
    phrases = Phrases(texts)
    span = phrases.find(value)
    assert (span is None) == (not ends)
    if span is not None:
        assert span[1] == min(ends)
        longest = max(len(text) for text in texts if lower[: span[1]].endswith(text.lower()))
        assert span[1] - span[0] == longest
        assert phrases.written(value[slice(*span)]).lower() == lower[slice(*span)]
        assert Gate(phrases.expressions).hits(value)


def test_a_phrase_is_told_as_it_is_written() -> None:
    phrases = Phrases([b"SqlMap", b"sqlmap", b"x"])
    assert phrases.written(b"SQLMAP") == b"SqlMap"
    assert len(phrases.expressions) == 2


def test_an_engine_that_is_in_use_is_done_without(monkeypatch: pytest.MonkeyPatch) -> None:
    phrases = Phrases([b"a%d" % number for number in range(20)])
    assert phrases.find(b"--A7--") == (2, 4)

    class Busy:
        def scan(self, *_: object) -> None:
            raise hyperscan.error

    monkeypatch.setattr(phrases, "_database", Busy())
    assert phrases.find(b"--A7--") == (2, 4)
