from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.registry import make_operator

TEXT = b'{"a": "4532015112830366", "b": "5425 2334 3010 9903"}'


def test_places_are_found_and_never_told() -> None:
    operator = make_operator("detects_cards", ["anywhere"])
    assert operator.find(TEXT) == (7, 23)
    assert [TEXT[slice(*span)] for span in operator.spans(TEXT)] == [b"4532015112830366", b"5425 2334 3010 9903"]
    assert operator.secret
    assert operator.gate


def test_a_value_alone_is_the_whole_of_a_quoted_text() -> None:
    operator = make_operator("detects_cards", ["value"])
    found = next(make_operator("detects_cards", ["anywhere"]).spans(TEXT))
    word = TEXT[slice(*found)]
    assert operator.find(b'{"a": "' + word + b'"}') == (7, 7 + len(word))
    for other in (b"a " + word + b" b", b'"see ' + word + b'"', b'"text": "say \\"' + word + b'\\""', b"'" + word + b'"'):
        assert operator.find(other) is None


def test_another_argument_is_refused() -> None:
    with pytest.raises(Refused, match=r"detects_cards takes `anywhere` or `value`, not True"):
        make_operator("detects_cards", [True])
