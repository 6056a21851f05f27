from __future__ import annotations

import pytest

from edgeguard.waf.transformations.normalise_path import normalise_path


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"/a//b/./../../../etc/passwd", b"/etc/passwd"),
        (b"a/./b", b"a/b"),
        (b"../../a", b"../../a"),
        (b"/..", b"/"),
        (b"/a/..", b"/"),
        (b"/a/b/..", b"/a"),
        (b"/a/b/../", b"/a/"),
        (b".", b""),
        (b"./", b""),
        (b"a/../../b", b"../b"),
    ],
)
def test_normalise_path(value: bytes, expected: bytes) -> None:
    assert normalise_path(value) == expected


@pytest.mark.parametrize("value", [b"", b"/a/b", b"/a/.git/b", b"/a/", b"..", b"a..", b"1.5", b"/"])
def test_normalise_path_gives_the_same_object_back(value: bytes) -> None:
    assert normalise_path(value) is value
