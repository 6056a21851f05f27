from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.within import Within


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"|GET| |POST|", b"|GET|", (0, 5)),
        (b"GET POST", b"OST", (0, 3)),
        (b"GET", b"GETS", None),
        (b"GET", b"get", None),
        (b"", b"", (0, 0)),
        (b"", b"a", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert Within(argument).find(value) == span
