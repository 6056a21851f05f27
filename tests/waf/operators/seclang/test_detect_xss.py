from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.detect_xss import DetectXss


@pytest.mark.parametrize(
    ("value", "span", "groups"),
    [
        (b"a<script>alert(1)</script>", (1, 9), (b"<script>",)),
        (b"<b>bold</b>", None, ()),
    ],
)
def test_detect_xss(value: bytes, span: tuple[int, int] | None, groups: tuple[bytes, ...]) -> None:
    operator = DetectXss()
    assert operator.find(value) == span
    assert operator.groups(value) == groups


def test_an_argument_is_ignored() -> None:
    assert DetectXss("any").find(b"<script>alert(1)</script>") == (0, 8)
