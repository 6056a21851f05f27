from __future__ import annotations

import pytest

from edgeguard.waf.detectors.sql_reading import ENOUGH, WEIGHTS, Reading
from edgeguard.waf.detectors.sql_tokens import Text, tokens


def read(value: str, inside: bytes = b"", enough: int = 1000) -> Reading:
    reading = Reading(inside)
    reading.read(tokens(Text(value.encode()), 0), enough)
    return reading


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        ("1 or 2=2", ["tautology"]),
        ("1 or a=b", ["comparison"]),
        ("1 or true", ["true"]),
        ("1 or 5", ["truth"]),
        ("1 or 0", []),
        ("1 union select null", ["union", "list"]),
        ("1 union select a", ["union"]),
        ("1 union values(1)", ["union", "list"]),
        ("1 and (select 1)", ["query"]),
        ("(select a from b)", ["plain"]),
        ("(select a from information_schema.tables)", ["plain", "catalogue"]),
        ("1 and sleep(5)", ["danger"]),
        ("1 and time.sleep(5)", []),
        ("1 and ascii(a)", ["probe"]),
        ("1; drop table x", ["second"]),
        ("1 order by 3", ["order"]),
        ("1 limit 1", ["limit"]),
        ("1 into outfile 'x'", ["outfile"]),
        ("1, @@version", ["system"]),
        ("case when (1=1) then 1 end", ["case", "tautology"]),
        ("1 procedure analyse()", ["analyse"]),
        ("1 --", ["cut"]),
        ("having 1=1", ["having", "tautology"]),
    ],
)
def test_what_is_noted_bare(value: str, notes: list[str]) -> None:
    assert read(value).notes == notes


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        (" or '1'='1", ["tautology", "reopened"]),
        (" or '1", ["truth", "reopened"]),
        ("='1'", ["equality"]),
        ("||'a", ["joined", "reopened"]),
        (" waitfor delay '0:0:5'", ["second"]),
        ("s best", []),
    ],
)
def test_what_is_noted_behind_a_text(value: str, notes: list[str]) -> None:
    assert read(value, b"'").notes == notes


@pytest.mark.parametrize("prose", ["select a chair from the list or stand", "one two", "5pm", "1 or 2 people"])
def test_grammar_is_left_early(prose: str) -> None:
    reading = read(prose)
    assert reading.broken
    assert reading.points == 0


def test_reading_ends_when_enough_is_noted() -> None:
    value = " or 1=1 and 2=2 and 3=3"
    assert read(value, b"'", ENOUGH).end < read(value, b"'").end == len(value)


def test_each_weight_is_used_and_no_single_weak_one_is_enough() -> None:
    assert {name for name, weight in WEIGHTS.items() if weight >= ENOUGH} == {"outfile"}
