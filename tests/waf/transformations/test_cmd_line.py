from __future__ import annotations

import pytest

from edgeguard.waf.transformations.cmd_line import cmd_line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b'c\\a"t"${IFS}/e^tc$@/passwd', b"cat /etc/passwd"),
        (b"c'a't$IFS$9x", b"cat x"),
        (b"who$*ami", b"whoami"),
        (b"ca${u}t /et$()c/pa``ss", b"cat /etc/pass"),
        (b"a${@}b", b"ab"),
        (b"${user} and ${x", b"${user} and ${x"),
    ],
)
def test_cmd_line(value: bytes, expected: bytes) -> None:
    assert cmd_line(value) == expected


@pytest.mark.parametrize("value", [b"", b"cat file", b"a $ b"])
def test_cmd_line_gives_the_same_object_back(value: bytes) -> None:
    assert cmd_line(value) is value
