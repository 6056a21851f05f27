from __future__ import annotations

from typing import Any

from edgeguard.waf.targets.seclang.absent import FAMILY


def test_each_has_its_reason() -> None:
    assert all(kind.never and not kind.sources for kind in FAMILY.kinds)


def test_they_load_and_say_nothing(state: Any, look: Any) -> None:
    assert look(state(), "WEBSERVER_ERROR_LOG") == [(b"WEBSERVER_ERROR_LOG", b"")]
    assert look(state(), "MSC_PCRE_LIMITS_EXCEEDED") == [(b"MSC_PCRE_LIMITS_EXCEEDED", b"0")]
    assert look(state(), "PERF_RULES") == []
