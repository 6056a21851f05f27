from __future__ import annotations

import pytest

from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.facts import Facts, Writes
from edgeguard.waf.seclang.follows import follows_from, reads_foreign_captures
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.targets.sources import Source


def follows(script: str, changed: set[bytes] | None = None) -> frozenset[Source] | None:
    """From what the first rule of a script follows."""
    facts = [Facts(rule) for rule in compile_program(read_seclang_text(script)).rules]
    return follows_from(facts[0].rule, facts[0], facts, Writes(changed or set(), set()))


OWN = """
SecRule REQUEST_HEADERS_NAMES "@rx ^.*$" "id:1,phase:1,deny,capture,setvar:'tx.name_%{tx.0}=/%{tx.0}/',chain"
    SecRule TX:/^name_/ "@within %{tx.list}"
"""


def test_its_own_variables_are_no_others() -> None:
    assert follows(OWN) == {Source.HEADER_NAME}


@pytest.mark.parametrize(
    "other",
    [
        'SecAction "id:2,phase:1,pass,nolog,setvar:tx.name_x=1"',  # another writes them
        'SecRule TX:name_x "@eq 1" "id:2,phase:1,pass,log"',  # another reads them
    ],
)
def test_variables_that_others_see_are(other: str) -> None:
    assert follows(OWN + other) is None


def test_a_setting_must_be_constant() -> None:
    assert follows(OWN, {b"list"}) is None


@pytest.mark.parametrize(
    ("script", "sources"),
    [
        ('SecRule ARGS_GET|REQUEST_METHOD "@rx a" "id:1,phase:1,deny"', {Source.QUERY_VALUE, Source.METHOD}),
        ('SecRule TIME_HOUR "@eq 1" "id:1,phase:1,deny"', None),
        ('SecRule ARGS_GET "@streq %{REMOTE_ADDR}" "id:1,phase:1,deny"', None),
    ],
)
def test_more_than_lists(script: str, sources: set[Source] | None) -> None:
    assert follows(script) == sources


@pytest.mark.parametrize(
    ("script", "foreign"),
    [
        ('SecRule TX:1 "@eq 1" "id:1,phase:1,deny"', True),
        ('SecRule ARGS "@rx (a)" "id:1,phase:1,deny,capture,chain"\n  SecRule TX:1 "@eq 1"', False),
        ('SecRule ARGS "@rx (a)" "id:1,phase:1,deny,chain"\n  SecRule TX:1 "@eq 1"', True),
    ],
)
def test_captures_of_others(script: str, foreign: bool) -> None:
    (rule,) = compile_program(read_seclang_text(script)).rules
    assert reads_foreign_captures(rule) is foreign
