"""All operators of SecLang by name, and those that are known and left out. One class a file; this table lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.operators.seclang.begins_with import BeginsWith
from edgeguard.waf.operators.seclang.contains import Contains
from edgeguard.waf.operators.seclang.contains_word import ContainsWord
from edgeguard.waf.operators.seclang.detect_sqli import DetectSqli
from edgeguard.waf.operators.seclang.detect_xss import DetectXss
from edgeguard.waf.operators.seclang.ends_with import EndsWith
from edgeguard.waf.operators.seclang.eq import Eq
from edgeguard.waf.operators.seclang.ge import Ge
from edgeguard.waf.operators.seclang.gt import Gt
from edgeguard.waf.operators.seclang.ip_match import IpMatch
from edgeguard.waf.operators.seclang.ip_match_from_file import IpMatchFromFile
from edgeguard.waf.operators.seclang.le import Le
from edgeguard.waf.operators.seclang.lt import Lt
from edgeguard.waf.operators.seclang.no_match import NoMatch
from edgeguard.waf.operators.seclang.pm import Pm
from edgeguard.waf.operators.seclang.pm_from_file import PmFromFile
from edgeguard.waf.operators.seclang.rx import Rx
from edgeguard.waf.operators.seclang.rx_global import RxGlobal
from edgeguard.waf.operators.seclang.streq import StrEq
from edgeguard.waf.operators.seclang.strmatch import StrMatch
from edgeguard.waf.operators.seclang.unconditional_match import UnconditionalMatch
from edgeguard.waf.operators.seclang.validate_byte_range import ValidateByteRange
from edgeguard.waf.operators.seclang.validate_url_encoding import ValidateUrlEncoding
from edgeguard.waf.operators.seclang.validate_utf8_encoding import ValidateUtf8Encoding
from edgeguard.waf.operators.seclang.verify_cc import VerifyCC
from edgeguard.waf.operators.seclang.verify_cpf import VerifyCPF
from edgeguard.waf.operators.seclang.verify_ssn import VerifySSN
from edgeguard.waf.operators.seclang.verify_svnr import VerifySVNR
from edgeguard.waf.operators.seclang.within import Within

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping
    from pathlib import Path

    from edgeguard.waf.operators.protocol import Operator
    from edgeguard.waf.pcre import Translation

_FROM_ARGUMENT: dict[str, Callable[[bytes], Operator]] = {
    "beginswith": BeginsWith,
    "contains": Contains,
    "containsword": ContainsWord,
    "detectsqli": DetectSqli,
    "detectxss": DetectXss,
    "endswith": EndsWith,
    "eq": Eq,
    "ge": Ge,
    "gt": Gt,
    "ipmatch": IpMatch,
    "le": Le,
    "lt": Lt,
    "nomatch": NoMatch,
    "pm": Pm,
    "streq": StrEq,
    "strmatch": StrMatch,
    "unconditionalmatch": UnconditionalMatch,
    "validatebyterange": ValidateByteRange,
    "validateurlencoding": ValidateUrlEncoding,
    "validateutf8encoding": ValidateUtf8Encoding,
    "verifycc": VerifyCC,
    "verifycpf": VerifyCPF,
    "verifyssn": VerifySSN,
    "verifysvnr": VerifySVNR,
    "within": Within,
}
_FROM_FILE: dict[str, Callable[[bytes, Path | None], Operator]] = {
    "ipmatchf": IpMatchFromFile,
    "ipmatchfromfile": IpMatchFromFile,
    "pmf": PmFromFile,
    "pmfromfile": PmFromFile,
}
_PATTERNS: dict[str, Callable[[bytes, MutableMapping[bytes, Translation] | None], Operator]] = {"rx": Rx, "rxglobal": RxGlobal}

SECLANG_OPERATORS: dict[str, Callable[..., Operator]] = {**_FROM_ARGUMENT, **_FROM_FILE, **_PATTERNS}

# An operator that silently never held would be worse than an error: someone relies on it.
LEFT_OUT = {
    "fuzzyhash": "@fuzzyHash compares files with hashes made by ssdeep, which is not here; scan uploads behind the edge",
    "geolookup": "@geoLookup needs a database of addresses and countries, which is not here; list networks for @ipMatchFromFile",
    "gsblookup": "@gsbLookup asks a database that Google no longer gives out",
    "inspectfile": "@inspectFile starts a program for each file, which an edge must not; scan uploads behind it",
    "rbl": "@rbl asks name servers while a request waits, which an edge must not; keep a list and use @ipMatchFromFile",
    "rsub": "@rsub changes bodies on their way; what is inspected is what is forwarded here",
    "validatedtd": "@validateDTD needs document types, which are not read here for what they can do",
    "validatehash": "@validateHash needs pages that were rewritten to carry hashes, which is not done here",
    "validateschema": "@validateSchema needs a reader of XML Schema, which is not here; validate documents behind the edge",
}


class OperatorLeftOut(Refused):
    """An operator of ModSecurity that is known, and not here; with the reason, so that its rule may be left out and told of."""


def make_seclang_operator(
    name: str, argument: bytes, folder: Path | None = None, known: MutableMapping[bytes, Translation] | None = None
) -> Operator:
    """The operator called `name`, its case not counting.

    Args:
        name: without `@`.
        argument: with its macros expanded.
        folder: of the rule file, where other files are looked for.
        known: translations of patterns that were read before; new ones are put there.

    Raises:
        OperatorLeftOut: it is known, and not here.
        Refused: there is no such operator, or the argument is not what it takes.
    """
    key = name.lower()
    if key in _FROM_ARGUMENT:
        return _FROM_ARGUMENT[key](argument)
    if key in _FROM_FILE:
        return _FROM_FILE[key](argument, folder)
    if key in _PATTERNS:
        return _PATTERNS[key](argument, known)
    if key in LEFT_OUT:
        raise OperatorLeftOut(LEFT_OUT[key])
    raise Refused(unknown("operator", f"@{name}", [f"@{one}" for one in (*SECLANG_OPERATORS, *LEFT_OUT)]))
