from __future__ import annotations

import pytest

from edgeguard.waf.transformations.html_entity_decode import html_entity_decode


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b"&#106;ava&Tab;script&colon;&#x0061&lt;", b"java\tscript:a<"),
        (b"&#0000000000000000106;", b"j"),
        (b"&#X3C;", b"<"),
        (b"&lt script", b"< script"),
        (b"&amp;lt;", b"&lt;"),
        (b"&#99999999;", b"&#99999999;"),
        (b"&unknown;", b"&unknown;"),
        (b"&#;", b"&#;"),
        (b"&#x110000;", b"&#x110000;"),
    ],
)
def test_html_entity_decode(value: bytes, expected: bytes) -> None:
    assert html_entity_decode(value) == expected


@pytest.mark.parametrize("value", [b"", b"a & b", b"&unknown;", b"R&D"])
def test_html_entity_decode_gives_the_same_object_back(value: bytes) -> None:
    assert html_entity_decode(value) is value
