"""The detectors and their gates on spoilt attacks and on any bytes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.detect_sqli import DetectSqli
from edgeguard.waf.operators.seclang.detect_xss import DetectXss

_SQL = (
    b"1 or 1=1",
    b"x' or 'a'='a",
    b"foo in bar or x=1--",
    b"-1 union all select null,version()-- -",
    b"1;exec master..xp_cmdshell 'dir'",
    b"x') and (select count(*) from t)>0#",
    b"' | x | '",
    b"/a/*/*/2 union all/b",
    b"x y declare @s varchar(9)",
    b"1'||(case when 1=1 then sleep(5) end)||'",
)
_SCRIPT = (
    b"<script>alert(1)</script>",
    b"<img src=x onerror=alert(1)>",
    b'" onfocus=alert(1) autofocus x="',
    b"<a href='java&Tab;script&colon;alert(1)'>",
    b"'-alert(1)-'",
    b"${alert(1)}",
    b"<p style='width:exp/**/ression(1)'>",
    b"data:text/html;base64,PHNj",
    b"<style>@import 'x'</style>",
)
_SPOILS = st.sampled_from(
    (
        b"'", b'"', b"`", b" ", b"\0", b"\n", b"\xa0", b"\xc2\xa0", b"/**/", b"--", b"#", b"(", b")", b",", b";", b"=", b"<",
        b">", b"/", b"&#0;", b"\\", b"or", b"and", b"x", b"1", b"\xe9", b"\xff", b".", b"@", b"$", b"]", b"*/", b"{", b"}", b":",
        b"%", b"+", b"|",
    )
)  # fmt: skip


@st.composite
def _spoilt(draw: st.DrawFn, attacks: tuple[bytes, ...]) -> bytes:
    value = draw(st.sampled_from(attacks))
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(value)))
        value = value[:at] + draw(_SPOILS) + value[at + draw(st.integers(0, 2)) :]
    return value.swapcase() if draw(st.booleans()) else value


_VALUES = st.one_of(_spoilt(_SQL), _spoilt(_SCRIPT), st.binary(max_size=300))


@pytest.fixture(scope="module")
def gates() -> tuple[tuple[DetectSqli | DetectXss, Gate], ...]:
    return tuple((operator, Gate(operator.gate or ())) for operator in (DetectSqli(), DetectXss()))


@given(_VALUES)
def test_whatever_is_found_lies_in_the_value_and_passes_the_gate(
    gates: tuple[tuple[DetectSqli | DetectXss, Gate], ...], value: bytes
) -> None:
    for operator, gate in gates:
        span = operator.find(value)
        if span is None:
            assert operator.groups(value) == ()
        else:
            assert 0 <= span[0] < span[1] <= len(value)
            assert gate.hits(value)
            assert len(operator.groups(value)) == 1
