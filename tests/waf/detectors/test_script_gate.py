from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors import script
from edgeguard.waf.detectors.script import detect_script
from edgeguard.waf.detectors.script_gate import GATE
from edgeguard.waf.gate import Gate

if TYPE_CHECKING:
    from edgeguard.waf.detectors.finding import Finding


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate(GATE)


def test_hyperscan_reads_all_of_it(gate: Gate) -> None:
    assert not gate.ungated


_SPACES = [" ", "/", "\t", "\n", "\x0c"]
_QUOTES = ["", "'", '"']
_CODES = ["alert(1)", "alert&lpar;1)", "throw 1", "location=name", "%61lert(1)"]
_URLS = [
    "javascript:alert(1)",
    "JaVa\tscript:alert(1)",
    "&#106;avascript:alert(1)",
    "java&Tab;script&colon;alert(1)",
    "\x01javascript:alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,x",
    "data:tex&#116;/html,x",
    "d&#97;ta:image/svg+xml;base64,x",
]
_STYLES = ["width:expression(1)", "width:exp/**/ression(1)", "-moz-binding:url(x)", "behavior:url(x)", "width:&#101;xpression(1)"]
_ENDS = ["'-alert(1)-'", '";eval(x)//', "'+[].constructor.constructor(`x`)//", "'};window['alert'](1)//", "\\';alert(1)//"]
_WHOLE = [
    *_ENDS,
    *_URLS,
    *_STYLES,
    "${alert(1)}",
    "{{constructor.constructor('x')()}}",
    "[[x.constructor(1)]]",
    "<svg:script>alert(1)",
    "<?import namespace=x implementation=y>",
    "<style>@im\\port 'x'</style>",
    '<meta charset="UTF-7">',
    "<b datasrc=#x>",
    "<img src=`x`onerror=alert(1)>",
    "<img \x0bonerror=alert(1)>",
    "<p title='</p><script>alert(1)</script>'>",
    "<iframe srcdoc='<b>'>",
    "<script",
]


def _attacks() -> list[str]:
    handlers = [
        f"{place}{space}on{name}{gap}={quote}{code}"
        for place, space, quote, code in itertools.product(["<b", '"', "'", "", "<b a='1'"], _SPACES, _QUOTES, _CODES)
        for name, gap in (("error", ""), ("anything", " "))
    ]
    urls = [f"<a{space}href={quote}{url}" for space, quote, url in itertools.product(_SPACES, _QUOTES, _URLS)]
    styles = [f"<a{space}style={quote}{style}{quote}" for space, quote, style in itertools.product(_SPACES, _QUOTES, _STYLES)]
    return [*handlers, *urls, *styles, *_WHOLE]


def test_the_gate_sees_generated_attacks(gate: Gate) -> None:
    values = [start + attack + end for start in ("", "x", "some words ") for attack in _attacks() for end in ("", ">", " x=")]
    coded = [value.encode() for value in values] + [value.upper().encode() for value in values]
    found = [value for value in coded if detect_script(value) is not None]
    assert len(found) > 5000
    assert [value for value in found if not gate.hits(value)] == []


@pytest.mark.parametrize(
    "value",
    [
        "<p class='a' id=b>Some &amp; other <b>words</b> &#8212; and a <a href=\"https://x.example/?a=1&amp;b=2\">link</a>",
        "The expression is evaluated; the function's location (see the document) is printed",
        "connection = open('x'); version = 5",
        '{"data": {"function": "print", "style": "bold"}}',
        "data:image/png;base64,iVBORw0KGgo=",
        "It's on us, and 'import' is a word of (Python)",
        "a { background: url(x.png); font: 12px/1.5 serif }",
    ],
)
def test_everyday_markup_and_code_do_not_reach_the_detector(gate: Gate, value: str) -> None:
    assert not gate.hits(value.encode())


_PIECES = ["<", "</", "b", " ", "/", "=", "'", '"', ">", "on", "error", "x(1)", "script", "style", "javascript:", "&#106;", "`"]
_PIECES += [
    "src",
    "href",
    "srcdoc",
    "iframe",
    "meta",
    "charset",
    "utf-7",
    "datasrc",
    "<?import",
    "@import",
    "\x0b",
    ":",
    "data:text/html,",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=12).map("".join))
def test_looking_ahead_hides_nothing(value: str) -> None:
    def blind(octets: bytes) -> Finding | None:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(script, "may_be_markup", lambda _low: octets)
            return detect_script.__wrapped__(octets)

    assert detect_script.__wrapped__(value.encode()) == blind(value.encode())
