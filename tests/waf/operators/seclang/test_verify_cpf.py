from __future__ import annotations

import pytest

from edgeguard.waf.operators.seclang.verify_cpf import VerifyCPF


@pytest.mark.parametrize(
    ("argument", "value", "span"),
    [
        (b"\\d{3}\\.\\d{3}\\.\\d{3}-\\d{2}", b"a 529.982.247-25 b", (2, 16)),
        (b"\\d{11}", b"52998224724", None),
        (b"\\d{11}", b"11111111111", None),
        (b"\\d{9}", b"529982247", None),
    ],
)
def test_find(argument: bytes, value: bytes, span: tuple[int, int] | None) -> None:
    assert VerifyCPF(argument).find(value) == span
