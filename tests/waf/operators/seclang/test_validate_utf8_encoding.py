from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.validate_utf8_encoding import ValidateUtf8Encoding


@pytest.mark.parametrize(
    ("value", "span"),
    [
        (b"", None),
        (b"plain", None),
        ("ä€𝄞".encode(), None),
        (b"a\xff", (1, 2)),
        (b"a\xc0\xaf", (1, 2)),
        (b"\xed\xa0\x80", (0, 1)),
        (b"\xf4\x90\x80\x80", (0, 1)),
        (b"ab\xe2\x82", (2, 4)),
        (b"\x80", (0, 1)),
    ],
)
def test_find(value: bytes, span: tuple[int, int] | None) -> None:
    assert ValidateUtf8Encoding().find(value) == span
