"""Variables of ModSecurity that say nothing at an edge. They are taken, so that rules which name them load, and stay empty."""

from __future__ import annotations

from typing import Final

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind

_SCRIPT = "an edge runs no scripts and knows no files of the origin"
_STREAM = "what rules saw is what is forwarded: nothing rewrites a stream; name REQUEST_BODY or RESPONSE_BODY"
_PERF = "rules are not evaluated one by one; `edgeguard rules cost` tells what they cost"
_PCRE = "patterns are matched in linear time, and have no limit to exceed"

_EMPTY: Final = {
    "WEBSERVER_ERROR_LOG": "there is no web server's log behind a request",
    **dict.fromkeys(("STREAM_INPUT_BODY", "STREAM_OUTPUT_BODY"), _STREAM),
    **dict.fromkeys(
        (
            "SCRIPT_BASENAME",
            "SCRIPT_FILENAME",
            "SCRIPT_GID",
            "SCRIPT_GROUPNAME",
            "SCRIPT_MODE",
            "SCRIPT_UID",
            "SCRIPT_USERNAME",
        ),
        _SCRIPT,
    ),
}
_ZERO: Final = {
    "MSC_PCRE_ERROR": _PCRE,
    "MSC_PCRE_LIMITS_EXCEEDED": _PCRE,
    "SDBM_DELETE_ERROR": "collections are not kept in SDBM files",
    **dict.fromkeys(
        (
            "PERF_ALL",
            "PERF_COMBINED",
            "PERF_GC",
            "PERF_LOGGING",
            "PERF_PHASE1",
            "PERF_PHASE2",
            "PERF_PHASE3",
            "PERF_PHASE4",
            "PERF_PHASE5",
            "PERF_SREAD",
            "PERF_SWRITE",
        ),
        _PERF,
    ),
}

FAMILY = VariableFamily(
    kinds=(
        *(VariableKind(name, "always empty", never=reason) for name, reason in _EMPTY.items()),
        *(VariableKind(name, "always 0", otherwise=b"0", never=reason) for name, reason in _ZERO.items()),
        VariableKind("PERF_RULES", "no values", collection=True, never=_PERF),
    ),
    extractors={},
)
