from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.cache.dates import format_date, parse_date

NOW = 1_700_000_000.0  # November 2023


@pytest.mark.parametrize(
    "text", [b"Sun, 06 Nov 1994 08:49:37 GMT", b"Sunday, 06-Nov-94 08:49:37 GMT", b"Sun Nov  6 08:49:37 1994"]
)
def test_the_three_forms_mean_the_same(text: bytes) -> None:
    assert parse_date(text, NOW) == 784111777


def test_two_digit_years_lie_at_most_fifty_years_ahead() -> None:
    assert parse_date(b"Sunday, 06-Nov-73 08:49:37 GMT", NOW) == parse_date(b"Sun, 06 Nov 2073 08:49:37 GMT", NOW)
    assert parse_date(b"Sunday, 06-Nov-74 08:49:37 GMT", NOW) == parse_date(b"Sun, 06 Nov 1974 08:49:37 GMT", NOW)


def test_a_leap_second_counts_as_the_second_before() -> None:
    assert parse_date(b"Sat, 31 Dec 2016 23:59:60 GMT", NOW) == parse_date(b"Sat, 31 Dec 2016 23:59:59 GMT", NOW)


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"0",
        b"-1",
        b"1994-11-06T08:49:37Z",
        b"Sun, 06 Nov 1994 08:49:37 UTC",
        b"Sun, 06 Nov 1994 08:49:37 +00",
        b"Sun, 06 nov 1994 08:49:37 GMT",
        b"Sun, 31 Feb 1994 08:49:37 GMT",
        b"Sun, 06 Nov 1994 24:49:37 GMT",
        b"Sun, 06 Nov 1994 08-49-37 GMT",
        b"Sun; 06 Nov 1994 08:49:37 GMT",
        b"Xyz, 06 Nov 1994 08:49:37 GMT",
        b"Sun, +6 Nov 1994 08:49:37 GMT",
        b"Sun, 06 Nov 0000 08:49:37 GMT",
        b"Sun, 06-Nov-94 08:49:37 GMT",
        b"Sunday, 06-Nov-1994 08:49:37 GMT",
        b"Sun Nov 6 08:49:37 1994",
        b"Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    ],
)
def test_what_is_no_date_is_none(text: bytes) -> None:
    assert parse_date(text, NOW) is None


@given(st.integers(0, 253402300799))
def test_what_is_written_is_read_back(seconds: int) -> None:
    assert parse_date(format_date(seconds), NOW) == seconds


@given(st.binary(max_size=60))
def test_any_bytes_are_no_date_or_one_that_can_be_written(text: bytes) -> None:
    seconds = parse_date(text, NOW)
    assert seconds is None or parse_date(format_date(seconds), NOW) == seconds
