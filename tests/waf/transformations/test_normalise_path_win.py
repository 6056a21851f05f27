from __future__ import annotations

import pytest

from edgeguard.waf.transformations.normalise_path_win import normalise_path_win


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\\a\\..\\..\\windows\\win.ini", b"/windows/win.ini"),
        (b"c:\\x", b"c:/x"),
    ],
)
def test_normalise_path_win(value: bytes, expected: bytes) -> None:
    assert normalise_path_win(value) == expected


@pytest.mark.parametrize("value", [b"", b"/a/b"])
def test_normalise_path_win_gives_the_same_object_back(value: bytes) -> None:
    assert normalise_path_win(value) is value
