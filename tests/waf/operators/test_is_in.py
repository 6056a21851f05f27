from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.is_in import In


def test_in_takes_whole_values() -> None:
    assert In(["PUT", 7]).find(b"PUT") == (0, 3)
    assert In(["PUT", 7]).find(b"7") == (0, 1)
    assert In(["PUT"]).find(b"PU") is None


def test_the_empty_text_is_refused() -> None:
    with pytest.raises(Refused):
        In([""])
