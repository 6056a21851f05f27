from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.validate_byte_range import ValidateByteRange


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"0-255", b"\x00\xff", None),
        (b"9,10,13,32-126", b"ab\x01\x02", (2, 3)),
        (b"32-126", b"", None),
        (b"32-126", b"a\x7fb\x7f", (1, 2)),
        (b"", b"a", (0, 1)),
        (b"97-105", b"abcdefghij", (9, 10)),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert ValidateByteRange(argument).find(value) == span


@pytest.mark.parametrize("argument", [b"0-256", b"20-10", b"300"])
def test_what_is_no_range_is_refused(argument: bytes) -> None:
    with pytest.raises(Refused, match="no range"):
        ValidateByteRange(argument)
