from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.waf.faults import Refused
from edgeguard.waf.gate import Gate
from edgeguard.waf.operators.detects_script import DetectsScript

GATE = Gate(DetectsScript.gate or ())
_PIECES = [
    "<",
    "</",
    "<!--",
    "-->",
    ">",
    " ",
    "\t",
    "\n",
    "\0",
    "=",
    "'",
    '"',
    "`",
    "(",
    ")",
    "script",
    "img",
    "svg",
    "iframe",
    "src",
    "srcdoc",
    "href",
    "onload",
    "onerror",
    "on",
    "style",
    "alert(1)",
    "alert`1`",
    "javascript:",
    "java\tscript:",
    "&#106;",
    "&Tab;",
    "&colon;",
    "data:text/html,",
    "expression(1)",
    "exp/**/ression(1)",
    "-moz-binding",
    "behavior:url(",
    "{{",
    "}}",
    "${",
    "}",
    "constructor(1)",
    "x",
    "a=b",
    "-",
    "+",
    ";",
    "//",
    ",",
    "[",
    "]",
    "window",
    "document.cookie",
    "location=1",
    "base",
    "meta",
    "http-equiv",
    "refresh",
    "content",
    "link",
    "rel",
    "import",
    "set",
    "animate",
    "attributename",
    "use",
    "\\",
    "throw 1",
    "Script",
    "values",
    "url(",
    ":",
]


@pytest.mark.parametrize(
    ("least", "value", "span"),
    [
        ("high", b"a<script>alert(1)</script>", (1, 9)),
        ("high", b"<script> explained", None),
        ("medium", b"<script> explained", (0, 8)),
        ("low", b"<b>bold</b>", None),
    ],
)
def test_detects_script(least: str, value: bytes, span: tuple[int, int] | None) -> None:
    assert DetectsScript(least).find(value) == span


@pytest.mark.parametrize("argument", ["certain", 3, True, ""])
def test_other_arguments_are_refused(argument: object) -> None:
    with pytest.raises(Refused, match="least confidence"):
        DetectsScript(argument)


def test_all_of_the_gate_is_read() -> None:
    assert not GATE.ungated


@settings(max_examples=1500, deadline=None)
@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_the_gate_sees_whatever_is_found(value: str) -> None:
    octets = value.encode()
    if DetectsScript("low").find(octets) is not None:
        assert GATE.hits(octets)


@pytest.mark.parametrize("value", [b"about-us", b"<b>bold</b>", b"a < b", b"https://x.example/?a=b", b"O'Brien", b"List<String>"])
def test_everyday_values_do_not_even_reach_the_detector(value: bytes) -> None:
    assert not GATE.hits(value)
