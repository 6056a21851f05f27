from __future__ import annotations

import pytest

from edgeguard.waf.bodies.charset import to_utf8
from edgeguard.waf.bodies.content import Unparsable


@pytest.mark.parametrize(
    ("content", "charset", "expected"),
    [
        (b"abc", None, b"abc"),
        (b"\xef\xbb\xbfabc", None, b"abc"),
        (b"a\xe4", b"ISO-8859-1", b"a\xe4"),
        ("aä".encode("utf-16"), b"utf-16", "aä".encode()),
        ("aä".encode("utf-16-le"), b"UTF-16LE", "aä".encode()),
        ("aä".encode("utf-32-be"), b"utf-32be", "aä".encode()),
    ],
)
def test_named_charsets(content: bytes, charset: bytes | None, expected: bytes) -> None:
    assert to_utf8(content, charset) == expected


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be", "utf-16", "utf-32"])
def test_json_in_wide_characters_is_recognised(codec: str) -> None:
    assert to_utf8('{"a":1}'.encode(codec), None, guess=True) == b'{"a":1}'


def test_plain_text_is_no_guess() -> None:
    assert to_utf8(b'{"a":1}', None, guess=True) == b'{"a":1}'


@pytest.mark.parametrize("charset", [b"utf-7", b"ibm037", b"iso-2022-jp", b"x", b"", b"\xff"])
def test_charsets_in_which_ascii_hides_are_refused(charset: bytes) -> None:
    with pytest.raises(Unparsable, match="charset not taken"):
        to_utf8(b"a", charset)


def test_broken_content_is_refused() -> None:
    with pytest.raises(Unparsable, match="not in its charset"):
        to_utf8(b"\x00\xd8a", b"utf-16le")
