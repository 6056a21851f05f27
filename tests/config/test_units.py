from __future__ import annotations

import pytest

from edgeguard.config.units import parse_size


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("512", 512),
        ("512B", 512),
        ("64KiB", 64 * 1024),
        ("64 kib", 64 * 1024),
        ("1.5 MiB", 1_572_864),
        ("10_000", 10_000),
        ("2GB", 2_000_000_000),
        (" 1 KB ", 1000),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


def test_numbers_are_left_to_the_model() -> None:
    assert parse_size(7) == 7
    assert parse_size(None) is None


@pytest.mark.parametrize("text", ["", "MiB", "10 MiBB", "ten", "10M", "1e400", "inf", "nan"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="write it like"):
        parse_size(text)
