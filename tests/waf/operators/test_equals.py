from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.equals import Equals


def test_equals_takes_the_whole_value() -> None:
    assert Equals("abc").find(b"abc") == (0, 3)
    assert Equals("abc").find(b"abcd") is None
    assert Equals(5).find(b"5") == (0, 1)


def test_the_empty_text_has_no_gate() -> None:
    assert Equals("").find(b"") == (0, 0)
    assert Equals("").gate is None


def test_truth_values_are_refused() -> None:
    with pytest.raises(Refused, match="quote it"):
        Equals(argument=True)
