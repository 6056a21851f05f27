from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.ends_with import EndsWith


def test_ends_with() -> None:
    assert EndsWith(".bak").find(b"a.bak") == (1, 5)
    assert EndsWith(".bak").find(b"a.bak\n") is None


def test_the_empty_text_is_refused() -> None:
    with pytest.raises(Refused):
        EndsWith("")
