from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.detectors.sql_reading import Reading


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        ("1 or 2=2", ["tautology"]),
        ("1 or a=b", ["comparison"]),
        ("1 or true", ["true"]),
        ("1 or 5", ["truth"]),
        ("1 or 0", []),
        ("1 and sleep(5)", ["danger"]),
        ("1 and time.sleep(5)", []),
        ("1 and ascii(a)", ["probe"]),
        ("1, @@version", ["system"]),
    ],
)
def test_what_is_noted_bare(read: Callable[..., Reading], value: str, notes: list[str]) -> None:
    assert read(value).notes == notes


@pytest.mark.parametrize(
    ("value", "notes"),
    [
        (" or '1'='1", ["tautology", "reopened"]),
        (" or '1", ["truth", "reopened"]),
        ("='1'", ["equality"]),
        ("||'a", ["joined", "reopened"]),
        ("s best", []),
    ],
)
def test_what_is_noted_behind_a_text(read: Callable[..., Reading], value: str, notes: list[str]) -> None:
    assert read(value, b"'").notes == notes


def test_a_comparison_before_any_logic_is_a_filter(read: Callable[..., Reading]) -> None:
    assert read("a = 1 or b = 2").compares
    assert not read("1 or b = 2").compares
