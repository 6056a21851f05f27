from __future__ import annotations

from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.sources import Source


def test_phases() -> None:
    assert Source.PATH.phase is Phase.REQUEST_HEAD
    assert Source.JSON_VALUE.phase is Phase.REQUEST_BODY
    assert Source.STATUS.phase is Phase.RESPONSE_HEAD
    assert Source.RESPONSE_BODY.phase is Phase.RESPONSE_BODY
