from __future__ import annotations

import pytest

from edgeguard.waf.transformations.php_args_names import php_args_names


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (b" sc ript.x[a][ ]z", b"sc_ript_x[a][]"),
        (b"a.b[c.d", b"a_b_c.d"),
        (b"[a]b", b""),
        (b"   ", b""),
        (b"a[b][c", b"a[b]"),
        (b"a[b.c][ d]", b"a[b.c][ d]"),
        (b"a[b]c", b"a[b]"),
    ],
)
def test_php_args_names(value: bytes, expected: bytes) -> None:
    assert php_args_names(value) == expected


@pytest.mark.parametrize("value", [b"", b"a_b", b"a[b][c.d]", b"a]b"])
def test_php_args_names_gives_the_same_object_back(value: bytes) -> None:
    assert php_args_names(value) is value
