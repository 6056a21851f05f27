from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.registry import make_operator

TEXT = b"a ghp_Q3kT9zXw1mLb7VnR5sYd2HcJ8fGpE4aUo6Wi b"


def test_places_are_found_and_never_told() -> None:
    operator = make_operator("detects_tokens", [True])
    assert operator.find(TEXT) == (2, 42)
    assert list(operator.spans(TEXT)) == [(2, 42)]
    assert operator.secret


def test_it_takes_true_alone() -> None:
    with pytest.raises(Refused, match="detects_tokens takes true, not 'yes'"):
        make_operator("detects_tokens", ["yes"])
