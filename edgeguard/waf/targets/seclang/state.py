"""Variables that live in the evaluation, not in the message: the evaluator supplies their values; here stands what they mean."""

from __future__ import annotations

from typing import Final

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind

_COLLECTIONS: Final = {
    "TX": "the transaction's own variables, set by `setvar`; 0 to 9 are what `capture` took",
    "MATCHED_VARS": "every value for which the last rule, or link of a chain, held, by its full name",
    "MATCHED_VARS_NAMES": "full names of MATCHED_VARS",
    "RULE": "of the rule that is evaluated: `id`, `rev`, `severity`, `msg`",
    "ENV": "what `setenv` set; never the process's own environment",
    "GEO": "what `@geoLookup` found: `COUNTRY_CODE` and others",
    "IP": "kept over requests, for the key that `initcol` named: usually an address",
    "GLOBAL": "kept over requests, for all of them",
    "RESOURCE": "kept over requests, for the key that `initcol` named: usually a path",
    "SESSION": "kept over requests, for the session that `setsid` named",
    "USER": "kept over requests, for the user that `setuid` named",
}
_SCALARS: Final = {
    "MATCHED_VAR": "the last value for which a rule held, as its transformations left it",
    "MATCHED_VAR_NAME": "full name of MATCHED_VAR: `ARGS:id`",
    "HIGHEST_SEVERITY": "the lowest number among the severities of rules that held; 255 where none did",
    "SESSIONID": "what `setsid` named",
    "USERID": "what `setuid` named",
    "WEBAPPID": "what SecWebAppId named",
    "MODSEC_BUILD": "the version whose language this is, nine digits",
    "DURATION": "microseconds since the request's head was complete",
    "TIME": "`hh:mm:ss`",
    "TIME_DAY": "day of the month, 1 to 31",
    "TIME_EPOCH": "seconds since 1970",
    "TIME_HOUR": "0 to 23",
    "TIME_MIN": "0 to 59",
    "TIME_MON": "0 to 11",
    "TIME_SEC": "0 to 59",
    "TIME_WDAY": "0 to 6, from Sunday",
    "TIME_YEAR": "four digits",
}

FAMILY = VariableFamily(
    kinds=(
        *(VariableKind(name, says, collection=True, dynamic=True) for name, says in _COLLECTIONS.items()),
        *(VariableKind(name, says, dynamic=True) for name, says in _SCALARS.items()),
    ),
    extractors={},
)
