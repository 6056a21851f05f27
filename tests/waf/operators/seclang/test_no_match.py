from __future__ import annotations

from edgeguard.waf.operators.seclang.no_match import NoMatch


def test_never() -> None:
    assert NoMatch(b"a").find(b"a") is None
    assert NoMatch(b"").find(b"") is None
