from __future__ import annotations

import pytest

from edgeguard.waf.transformations.seclang.html_entity_decode import html_entity_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"&#106;ava&#X0073;cript&LT", b"javascript<"),
        (b"&#x141;", b"A"),
        (b"&#0000000000000000000000000000000000000000000000000065;", b"A"),
        (b"&#99999999999999999999999;", b"\xff"),
        (b"&nbsp;&quot&AmP;lt;", b'\xa0"&lt;'),
    ],
)
def test_html_entity_decode(value: bytes, expected: bytes) -> None:
    assert html_entity_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"a & b", b"&unknown;", b"&ltx;", b"&#;", b"&#x;", b"&", b"&Tab;", b"R&D", b"&nbspx"])
def test_html_entity_decode_gives_the_same_object_back(value: bytes) -> None:
    assert html_entity_decode(value) is value
