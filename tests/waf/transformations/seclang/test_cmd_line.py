from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.cmd_line import cmd_line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'C^OMMAND,; /C "DIR"', b"command/c dir"),
        (b"a \t\r\n;, (b", b"a(b"),
        (
            b"a" + b" " * 1000 + b"b",
            b"a b",
        ),
        (b"a \\ b", b"a b"),
    ],
)
def test_cmd_line(value: bytes, expected: bytes) -> None:
    assert cmd_line(value) == expected


@pytest.mark.parametrize("value", [b"", b" ", b"cat file", b"a/b(c)"])
def test_cmd_line_gives_the_same_object_back(value: bytes) -> None:
    assert cmd_line(value) is value
