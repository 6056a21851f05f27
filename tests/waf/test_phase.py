from __future__ import annotations

from edgeguard.waf.phase import Phase


def test_later_phases_are_greater() -> None:
    assert Phase.REQUEST_HEAD < Phase.REQUEST_BODY < Phase.RESPONSE_HEAD < Phase.RESPONSE_BODY
