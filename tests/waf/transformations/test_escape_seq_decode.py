from __future__ import annotations

import pytest

from edgeguard.waf.transformations.escape_seq_decode import escape_seq_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"\\a\\b\\f\\n\\r\\t\\v\\?\\'\\\"", b"\x07\x08\x0c\n\r\t\x0b?'\""),
        (b"\\x3C\\X3c", b"<<"),
        (b"\\x3", b"x3"),
        (b"\\\\x41", b"\\x41"),
        (b"\\1018", b"A8"),
        (b"\\777\\9", b"\xff9"),
        (b"a\\q", b"aq"),
        (b"\\\\", b"\\"),
    ],
)
def test_escape_seq_decode(value: bytes, expected: bytes) -> None:
    assert escape_seq_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"plain", b"a\\"])
def test_escape_seq_decode_gives_the_same_object_back(value: bytes) -> None:
    assert escape_seq_decode(value) is value
