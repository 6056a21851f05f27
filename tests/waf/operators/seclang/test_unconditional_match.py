from __future__ import annotations

from edgeguard.waf.operators.seclang.unconditional_match import UnconditionalMatch


def test_always() -> None:
    assert UnconditionalMatch(b"a").find(b"bc") == (0, 2)
    assert UnconditionalMatch(b"").find(b"") == (0, 0)
