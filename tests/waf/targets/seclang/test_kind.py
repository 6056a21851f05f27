from __future__ import annotations

from edgeguard.waf.phase import Phase
from edgeguard.waf.targets.seclang.kind import VariableKind
from edgeguard.waf.targets.seclang.registry import VARIABLES
from edgeguard.waf.targets.sources import Source


def test_full_names() -> None:
    assert VARIABLES["ARGS"].full_name(b"id") == b"ARGS:id"
    assert VARIABLES["ARGS"].full_name(b"") == b"ARGS:"
    assert VARIABLES["REQUEST_URI"].full_name(b"") == b"REQUEST_URI"
    assert VARIABLES["REQUEST_HEADERS"].full_name(b"user-agent") == b"REQUEST_HEADERS:User-Agent"
    assert VARIABLES["XML"].full_name(b"//@*") == b"XML://@*"


def test_phases_follow_from_the_lists() -> None:
    kind = VariableKind("ARGS", "", (Source.QUERY_VALUE, Source.FORM_VALUE), collection=True)
    assert kind.phase is Phase.REQUEST_HEAD
    assert VARIABLES["RESPONSE_BODY"].phase is Phase.RESPONSE_BODY
    assert VARIABLES["TX"].phase is Phase.REQUEST_HEAD
