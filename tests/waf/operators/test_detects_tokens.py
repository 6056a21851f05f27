from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.registry import make_operator

TEXT = b"a ghp_Q3kT9zXw1mLb7VnR5sYd2HcJ8fGpE4aUo6Wi b"


def test_places_are_found_and_never_told() -> None:
    operator = make_operator("detects_tokens", ["anywhere"])
    assert operator.find(TEXT) == (2, 42)
    assert list(operator.spans(TEXT)) == [(2, 42)]
    assert operator.secret


def test_a_value_alone_is_the_whole_of_a_quoted_text() -> None:
    operator = make_operator("detects_tokens", ["value"])
    found = next(make_operator("detects_tokens", ["anywhere"]).spans(TEXT))
    word = TEXT[slice(*found)]
    assert operator.find(b'{"a": "' + word + b'"}') == (7, 7 + len(word))
    for other in (b"a " + word + b" b", b'"see ' + word + b'"', b'"text": "say \\"' + word + b'\\""', b"'" + word + b'"'):
        assert operator.find(other) is None


def test_another_argument_is_refused() -> None:
    with pytest.raises(Refused, match=r"detects_tokens takes `anywhere` or `value`, not True"):
        make_operator("detects_tokens", [True])
