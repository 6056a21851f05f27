from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.detectors.sql_reading import Reading


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        ("1 union select null", ["union", "list"]),
        ("1 union select a", ["union"]),
        ("1 union values(1)", ["union", "list"]),
        ("1 and (select 1)", ["query"]),
        ("(select a from b)", ["plain"]),
        ("(select a from information_schema.tables)", ["plain", "catalogue"]),
        ("1 order by 3", ["order"]),
        ("1 limit 1", ["limit"]),
        ("1 into outfile 'x'", ["outfile"]),
        ("case when (1=1) then 1 end", ["case", "tautology"]),
        ("1 procedure analyse()", ["analyse"]),
        ("having 1=1", ["having", "tautology"]),
    ],
)
def test_what_is_noted(read: Callable[..., Reading], value: str, notes: list[str]) -> None:
    assert read(value).notes == notes


def test_a_handler_that_reads_ahead_says_how_far(read: Callable[..., Reading]) -> None:
    assert read("1 into outfile 'x'").end == len("1 into outfile 'x'")
