from __future__ import annotations

import pytest

from edgeguard.wire.path_patterns import PathPatterns


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("/items", b"/items", True),
        ("/items", b"/items/5", True),
        ("/items", b"/itemset", False),
        ("/items/*", b"/items/5", True),
        ("/items/*", b"/items/5/6", False),
        ("/items/**", b"/items", True),
        ("/items/**", b"/items/5/6", True),
        ("**/items", b"/a/b/items", True),
        ("/a%7eb", b"/a~b", True),
        ("/a%2fb", b"/a%2Fb", True),
        ("/a%2fb", b"/a/b", False),
    ],
)
def test_patterns(pattern: str, path: bytes, fits: bool) -> None:
    assert PathPatterns([pattern]).fits(path) is fits


def test_no_pattern_fits_nothing() -> None:
    assert not PathPatterns([]).fits(b"/")


def test_a_pattern_starts_at_the_root() -> None:
    with pytest.raises(ValueError, match="start with /"):
        PathPatterns(["items"])
