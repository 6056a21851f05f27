from __future__ import annotations

import pytest

from edgeguard.waf.detectors.sql import detect_sql
from edgeguard.waf.detectors.sql_gate import GATE
from edgeguard.waf.gate import Gate


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(GATE)


def test_hyperscan_reads_all_of_it(gate: Gate) -> None:
    assert not gate.ungated


_STARTS = ["", "1", "x", "foo ", "foo bar ", "(1) ", "it''s ", "it\\'s ", "a, b ", "foo in bar ", "\xa0"]
_LEAVES = ["", "'", '"', "`", "]", "')", '" )']
_GAPS = [" ", "/**/", "\xa0", "\n"]
_RESTS = [
    "or{0}1=1",
    "||{0}1=1",
    "and{0}a{0}like{0}'%",
    "or{0}'a'like'a",
    "or{0}not{0}x=1--",
    "'and'",
    "'or{0}$$a$$",
    "union{0}select{0}1,2",
    "union{0}all{0}select{0}null--",
    "and{0}(select{0}count(*){0}from{0}t)>0",
    "as{0}b{0}union{0}select{0}null",
    "and{0}if(1=1,sleep(5),0)",
    "or{0}sleep(5)#",
    "having{0}1=1",
    "order{0}by{0}9--",
    "procedure{0}analyse(1)",
    "into{0}outfile{0}'x",
    ";{0}drop{0}table{0}users",
    "exec{0}xp_cmdshell{0}'dir'",
    "waitfor{0}delay{0}'0:0:5'",
    "case{0}when{0}(1=1){0}then{0}1{0}end",
    "*case{0}1{0}when{0}2{0}then{0}3{0}end",
    "+(select{0}top{0}1{0}name{0}from{0}sysobjects)",
    ",@@version",
    "from{0}information_schema.tables",
    "--",
]


@pytest.mark.parametrize("leaves", _LEAVES)
def test_the_gate_sees_generated_injections(gate: Gate, leaves: str) -> None:
    values = [
        start + leaves + between + rest.format(gap)
        for start in _STARTS
        for gap in _GAPS
        for between in ("", gap)
        for rest in _RESTS
    ]
    coded = [value.encode("latin-1") for value in values] + [value.upper().encode() for value in values]
    found = [value for value in coded if (told := detect_sql(value)) is not None and told.confidence != "faint"]
    assert len(found) > 1000
    assert [value for value in found if not gate.hits(value)] == []


@pytest.mark.parametrize(
    "value",
    [
        "The users' settings, and what they are for",
        'She said "no", and left',
        "This is true for all of them, and more",
        "For each of them there's an option on the page",
        "Don't use it where it isn't needed = fine",
        "Jean-Luc O'Brien and Mary d'Arcy",
        "'quoted' words are left alone",
    ],
)
def test_most_prose_does_not_reach_the_detector(gate: Gate, value: str) -> None:
    assert not gate.hits(value.encode())
