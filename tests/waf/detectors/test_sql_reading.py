from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.detectors.sql_notes import ENOUGH

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.detectors.sql_reading import Reading


@pytest.mark.parametrize(
    ("value", "inside", "notes"),
    [
        ("1; drop table x", b"", ["second"]),
        ("1 --", b"", ["cut"]),
        (" waitfor delay '0:0:5'", b"'", ["second"]),
    ],
)
def test_what_is_noted_of_statements_and_comments(
    read: Callable[..., Reading], value: str, inside: bytes, notes: list[str]
) -> None:
    assert read(value, inside).notes == notes


@pytest.mark.parametrize("prose", ["select a chair from the list or stand", "one two", "5pm", "1 or 2 people"])
def test_grammar_is_left_early(read: Callable[..., Reading], prose: str) -> None:
    reading = read(prose)
    assert reading.broken
    assert reading.points == 0


def test_reading_ends_when_enough_is_noted(read: Callable[..., Reading]) -> None:
    value = " or 1=1 and 2=2 and 3=3"
    assert read(value, b"'", ENOUGH).end < read(value, b"'").end == len(value)
