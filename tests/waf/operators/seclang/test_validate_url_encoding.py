from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.validate_url_encoding import ValidateUrlEncoding

_GATE = Gate(ValidateUrlEncoding.gate or ())


@pytest.mark.parametrize(
    ("value", "span"),
    [
        (b"", None),
        (b"a%20b%2F", None),
        (b"a%2", (1, 3)),
        (b"a%", (1, 2)),
        (b"a%zz", (1, 4)),
        (b"%%41", (0, 3)),
        (b"%41%4g%", (3, 6)),
    ],
)
def test_find(value: bytes, span: tuple[int, int] | None) -> None:
    assert ValidateUrlEncoding().find(value) == span


@given(st.lists(st.sampled_from([b"%", b"4", b"g", b"\n", b"%41", b"%\n"]), max_size=6).map(b"".join))
def test_the_gate_is_as_exact(value: bytes) -> None:
    if ValidateUrlEncoding().find(value) is not None:
        assert _GATE.hits(value)
