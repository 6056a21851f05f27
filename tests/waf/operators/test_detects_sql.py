from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.detects_sql import DetectsSql

GATE = Gate(DetectsSql.gate or ())
_PIECES = [
    "'",
    '"',
    "`",
    "]",
    " ",
    "/**/",
    "--",
    "-- \n",
    "#\n",
    "/*!50000",
    "*/",
    "1",
    "0x1",
    ".5",
    "'a'",
    "=",
    "<=>",
    "or",
    "and",
    "||",
    "not",
    "(",
    ")",
    ",",
    ";",
    "@@a",
    "null",
    "true",
    "like",
    "in",
    "is",
    "union",
    "select",
    "from",
    "where",
    "having",
    "order by 1",
    "limit",
    "into outfile 'a'",
    "case when",
    "then",
    "sleep(5)",
    "sleep",
    "benchmark(1,2)",
    "pg_sleep(",
    "drop table x",
    "exec",
    "x",
    "waitfor delay '0'",
    "declare @a",
    "sys",
    "information_schema.a",
    "values(1)",
    "ascii(",
    "::int",
    "$$a$$",
    "q'[a]'",
    "\\N",
    "\xa0",
    "foo ",
    " and foo",
    " as b",
    "'and'",
    "''",
    "\\'",
    "if(",
    " (select",
    "1)",
    "*/2",
    "union all",
    "declare @x int",
    "goto",
    ".",
    "&",
    "then",
]


@pytest.mark.parametrize(
    ("least", "value", "span"),
    [
        ("high", b"x' or 1=1--", (1, 9)),
        ("high", b"Why ' or 1=1 -- still works", None),
        ("medium", b"Why ' or 1=1 -- still works", (4, 27)),
        ("low", b"union jack", None),
    ],
)
def test_detects_sql(least: str, value: bytes, span: tuple[int, int] | None) -> None:
    assert DetectsSql(least).find(value) == span


@pytest.mark.parametrize("argument", ["certain", 3, True, ""])
def test_other_arguments_are_refused(argument: object) -> None:
    with pytest.raises(Refused, match="least confidence"):
        DetectsSql(argument)


def test_all_of_the_gate_is_read() -> None:
    assert not GATE.ungated


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join), st.sampled_from(["utf-8", "latin-1"]))
def test_the_gate_sees_whatever_is_found(value: str, coding: str) -> None:
    octets = value.encode(coding)
    if DetectsSql("low").find(octets) is not None:
        assert GATE.hits(octets)


@pytest.mark.parametrize(
    "value",
    [
        b"about-us",
        b"2026-11-23T12:00:00+01:00",
        b"a1b2c3d4-e5f6-7890-abcd-ef1234567890",
        b"en-GB,en;q=0.9",
        b"O'Brien",
        b"price desc",
    ],
)
def test_everyday_values_do_not_even_reach_the_detector(value: bytes) -> None:
    assert not GATE.hits(value)
