from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.contains import Contains


def test_contains() -> None:
    assert Contains("b").find(b"abcb") == (1, 2)
    assert Contains("B").find(b"abc") is None


def test_the_empty_text_is_refused() -> None:
    with pytest.raises(Refused, match="every value"):
        Contains("")
