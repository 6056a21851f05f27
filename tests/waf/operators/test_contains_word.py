from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.contains_word import ContainsWord


@pytest.mark.parametrize(
    ("word", "value", "span"),
    [
        ("cat", b"cat", (0, 3)),
        ("cat", b"concat cat", (7, 10)),
        ("cat", b"cats", None),
        ("cat", b"_cat", None),
        (".env", b"a.env", (1, 5)),
        (".env", b".envy", None),
        ("aa", b"aaaa", None),
    ],
)
def test_contains_word(word: str, value: bytes, span: tuple[int, int] | None) -> None:
    assert ContainsWord(word).find(value) == span


def test_the_empty_text_is_refused() -> None:
    with pytest.raises(Refused):
        ContainsWord("")
