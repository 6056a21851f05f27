from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.seclang.detect_xss import DetectXss


@pytest.mark.parametrize(
    ("value", "span", "groups"),
    [
        (b"a<script>alert(1)</script>", (1, 9), (b"<script>",)),
        (b"<x onabc=1>", (0, 11), (b"<x onabc=1>",)),
        (b"<b>bold</b>", None, ()),
    ],
)
def test_detect_xss(value: bytes, span: tuple[int, int] | None, groups: tuple[bytes, ...]) -> None:
    operator = DetectXss()
    assert operator.find(value) == span
    assert operator.groups(value) == groups


def test_an_argument_is_ignored() -> None:
    assert DetectXss("any").find(b"<script>alert(1)</script>") == (0, 8)


_GATE = Gate(DetectXss.gate or ())
_PIECES = [
    "<",
    "</",
    ">",
    " ",
    "/",
    "=",
    "'",
    '"',
    "`",
    "(",
    ")",
    "b",
    "on",
    "error",
    "alert(1)",
    "script",
    "style",
    "javascript:",
]
_PIECES += [
    "&#106;",
    "&colon;",
    "data:text/html,",
    "expression(1)",
    "@import",
    "datasrc",
    "<?import",
    "meta ",
    "charset=utf-7",
    "\x0b",
]


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_the_gate_sees_whatever_is_found(value: str) -> None:
    octets = value.encode()
    if DetectXss().find(octets) is not None:
        assert _GATE.hits(octets)


@pytest.mark.parametrize("value", [b"<svg " + b"x " * 60 + b"onload=alert(1)>", b"a" * 65_536 + b"<script>alert(1)</script>"])
def test_padding_hides_nothing(value: bytes) -> None:
    assert DetectXss().find(value) is not None
