from __future__ import annotations

import pytest

from edgeguard.waf.transformations.backslashes import undone


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"a\\bc\\d", b"a<bc><d>"),
        (b"\\\\x", b"\\x"),
        (b"\\\\\\x", b"\\<x>"),
        (b"a\\", b"a."),
        (b"a\\\\", b"a\\"),
    ],
)
def test_each_escape_is_seen_once(value: bytes, expected: bytes) -> None:
    assert undone(value, lambda piece: b"<" + piece + b">", b".") == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"a\\"])
def test_what_does_not_change_is_the_same_object(value: bytes) -> None:
    assert undone(value, lambda piece: piece) is value
