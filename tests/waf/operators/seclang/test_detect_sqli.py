from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.detect_sqli import DetectSqli


@pytest.mark.parametrize(
    ("value", "span", "groups"),
    [
        (b"x' or 1=1--", (1, 9), (b"tautology",)),
        (b"1 union select a,b", (0, 17), (b"union+list",)),
        (b"O'Brien", None, ()),
        (b"union jack", None, ()),
    ],
)
def test_detect_sqli(value: bytes, span: tuple[int, int] | None, groups: tuple[bytes, ...]) -> None:
    operator = DetectSqli()
    assert operator.find(value) == span
    assert operator.groups(value) == groups


def test_an_argument_is_ignored() -> None:
    assert DetectSqli("any").find(b"x' or 1=1--") == (1, 9)
