from __future__ import annotations

import pytest

from edgeguard.waf.transformations.log4j_lookups import log4j_lookups


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (b"${${lower:J}ndi:x}", b"${jndi:x}"),
        (b"${${upper:j}NDI:x}", b"${JNDI:x}"),
        (b"${${::-j}${::-n}${::-d}${::-i}:x}", b"${jndi:x}"),
        (b"${${env:NaN:-j}ndi${env:NaN:-:}x}", b"${jndi:x}"),
        (b"${${lower:${lower:J}}ndi:x}", b"${jndi:x}"),
        (b"${${date:'j'}ndi:x}", b"${jndi:x}"),
        ("${jnd${upper:\u0131}:x}".encode(), b"${jndI:x}"),
        (b"${${:-j}ndi:x", b"${jndi:x"),
        (b"${jn${}di:x}", b"${jndi:x}"),
        (b"a } ${b} ${c", b"a } ${b} ${c"),
        (b"${lower}", b"${lower}"),
    ],
)
def test_undoes_what_stands_for_text(value: bytes, plain: bytes) -> None:
    assert log4j_lookups(value) == plain


@pytest.mark.parametrize("value", [b"", b"$5", b"${name}", b"}{", b"a ${b${c}}"])
def test_other_values_are_the_same_object(value: bytes) -> None:
    assert log4j_lookups(value) is value


def test_depth_and_length_are_bounded() -> None:
    deep = b"${a:-" * 200 + b"x" + b"}" * 200
    assert log4j_lookups(deep).count(b"${") > 100
    assert log4j_lookups(b"${a:-" + b"x" * 5000 + b"}") == b"${a:-" + b"x" * 5000 + b"}"
