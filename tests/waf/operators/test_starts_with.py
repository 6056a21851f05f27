from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.starts_with import StartsWith


def test_starts_with() -> None:
    assert StartsWith("/a").find(b"/ab") == (0, 2)
    assert StartsWith("/a").find(b"x/a") is None


def test_the_empty_text_is_refused() -> None:
    with pytest.raises(Refused):
        StartsWith("")
