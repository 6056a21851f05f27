from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.registry import make_operator

TEXT = b'{"a": "4532015112830366", "b": "5425 2334 3010 9903"}'


def test_places_are_found_and_never_told() -> None:
    operator = make_operator("detects_cards", [True])
    assert operator.find(TEXT) == (7, 23)
    assert [TEXT[slice(*span)] for span in operator.spans(TEXT)] == [b"4532015112830366", b"5425 2334 3010 9903"]
    assert operator.secret
    assert operator.gate


def test_it_takes_true_alone() -> None:
    with pytest.raises(Refused, match="detects_cards takes true, not False"):
        make_operator("detects_cards", [False])
