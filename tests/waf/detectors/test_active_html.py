from __future__ import annotations

import html

import pytest

from edgeguard.waf.detectors.active_html import detect_active, hosts_of, url_acts, without_embeds

RUNS = [
    "<script>alert(1)</script>",
    "<SCRIPT>fetch('//x')</SCRIPT>",
    "<script\n>x=1</script\n>",
    "<script>alert(1)",
    "<script src=//evil.example/x.js></script>",
    "<script src='/uploads/x.js'></script>",
    "<script type=module>import '/x.js'</script>",
    "<script type='text/JavaScript'>a()</script>",
    "<script type=''>a()</script>",
    "<p>text</p><script>document.write('x')</script>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><script href=data:,alert(1) /></svg>",
    "<svg><script xlink:href='//evil.example/x'></script></svg>",
    "<img src=x onerror=alert(1)>",
    "<img/src='x'/onerror=alert(1)>",
    "<img src=x onerror = 'alert&lpar;1)'>",
    "<img src=x onerror=&#97;lert`1`>",
    "<svg/onload=alert(1)>",
    "<body onload=\"location='//x'\">",
    "<details open ontoggle=alert(1)>",
    "<x onpointerrawupdate=alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "<a href='java\tscript:alert(1)'>x</a>",
    "<a href=' \x01javascript:alert(1)'>x</a>",
    "<a href='java&Tab;scr&NewLine;ipt&colon;alert(1)'>x</a>",
    "<a href='&#x6A;avascript:x=1'>x</a>",
    "<a href='javascript://%0aalert(1)'>x</a>",
    "<form action=javascript:alert(1)><button>",
    "<button formaction=javascript:alert(1)>",
    "<math><a xlink:href=javascript:alert(1)>x",
    "<iframe src=javascript:alert(1)>",
    "<iframe src='data:text/html,<script>alert(1)</script>'>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<iframe srcdoc='&lt;img src=x onerror=alert(1)&gt;'>",
    "<object data=javascript:alert(1)>",
    "<object data='data:text/html;base64,PHNjcmlwdD4='>",
    "<embed src=data:image/svg+xml;base64,PHN2Zz4=>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<meta http-equiv=Refresh content='0; URL=data:text/html,x'>",
    "<link rel=import href=/x>",
    "<svg><use href='data:image/svg+xml,<svg id=x><script>1</script></svg>#x'>",
    "<svg><animate attributeName=href values='javascript:alert(1)'>",
    "<svg><set attributeName=onmouseover to=alert(1)>",
    "<math><style><img src=x onerror=alert(1)></style>",
    "<svg><title><img src=x onerror=alert(1)></title>",
    "<svg><style><!--</style><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<p title='--&gt;&lt;img src=x onerror=alert(1)&gt;'>",
    "<title><a id='</title><img src=x onerror=alert(1)>'></title>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!-- x --!><img src=x onerror=alert(1)>",
    "<a" + " x" * 300 + " onclick=alert(1)>",
    "<p>a</p>" * 3000 + "<img src=x onerror=alert(1)>",
    "<div title='" + "x" * 100_000 + "' onclick=alert(1)>",
    "<template><img src=x onerror=alert(1)></template>",
    "<img src='x\" onerror=\"y' onerror=alert(1)>",
]
RESTS = [
    "",
    "plain < text > with = signs, on = off and script: a word",
    "<p>Never write <code>&lt;script&gt;alert(1)&lt;/script&gt;</code>.</p>",
    "<p>javascript:alert(1) and onerror=alert(1) and data:text/html</p>",
    "<pre><code>&lt;img src=x onerror=alert(1)&gt;</code></pre>",
    '<script type=\'application/ld+json\'>{"@type": "Article", "a": "alert(1)"}</script>',
    "<script type=text/template><b>{{ x }}</b></script>",
    "<script></script>",
    "<!-- <script>alert(1)</script> <img onerror=alert(1)> --><p>x</p>",
    "<textarea><script>alert(1)</script></textarea>",
    "<title><script>alert(1)</script></title>",
    "<a href='https://example.com/?u=javascript:alert(1)'>x</a>",
    "<a href='javascript:void(0)'>x</a>",
    "<a href='#' onclick='return false;'>x</a>",
    "<a href=/javascript title='onclick=alert(1)'>x</a>",
    "<img src='data:image/png;base64,iVBORw0KGgo=' alt='<b>'>",
    "<img src='data:image/svg+xml;base64,PHN2Zz4=' alt=''>",
    "<img alt='use <img onerror=alert(1)> with care' src=/a.png>",
    "<iframe src='https://www.youtube.com/embed/x' allow='autoplay'></iframe>",
    "<iframe srcdoc='<p>hello</p>'></iframe>",
    "<svg viewBox='0 0 1 1'><title>x</title><style>.a{fill:red}</style><path d='M0 0'/><use href='#a'/></svg>",
    "<svg><animate attributeName=r values='1;2'/></svg>",
    "<style>@media print { p { display: none } }</style>",
    "<p style='background: url(/a.png)'>x</p>",
    "<video controls poster=/a.png><source src=/a.mp4></video>",
    "<form action='/search'><input name=on value=x></form>",
    "<p one=1 once online data-on='a()'>x</p>",
    "<details><summary>javascript:</summary></details>",
    "<meta charset=utf-8><meta name=viewport content='width=device-width'>",
    "<p>&#60;script&#62;alert(1)&#60;/script&#62;</p>",
    "<p>Between <script> and </script> stands code.</p>",
]


def confidence(text: str, *, spare_code: bool = False) -> str:
    found = detect_active(text.encode(), spare_code=spare_code)
    return "" if found is None else found.confidence


@pytest.mark.parametrize("text", RUNS)
def test_what_runs(text: str) -> None:
    assert confidence(text) == "high"


@pytest.mark.parametrize("text", RESTS)
def test_what_does_nothing(text: str) -> None:
    assert confidence(text) in ("", "low")


@pytest.mark.parametrize("text", RUNS)
def test_escaped_it_is_to_be_read(text: str) -> None:
    assert confidence(f"<p>{html.escape(text)}</p>") == ""


@pytest.mark.parametrize(
    "text",
    [
        "<meta http-equiv=refresh content='3;url=https://elsewhere.example'>",
        "<object data=/files/a.svg></object>",
        "<p style='width: expression(alert(1))'>",
        "<a href='data:text/html,<b>x</b>'>x</a>",
    ],
)
def test_what_is_less_certain(text: str) -> None:
    assert confidence(text) == "medium"


def test_code_may_be_spared() -> None:
    text = "<pre><code><script>alert(1)</script></code></pre>"
    assert (confidence(text), confidence(text, spare_code=True)) == ("high", "medium")
    assert confidence(text + "<svg onload=alert(1)>", spare_code=True) == "high"
    assert confidence("<pre></pre><script>alert(1)</script>", spare_code=True) == "high"


def test_the_span_is_the_tag() -> None:
    found = detect_active(b"<p>x</p><img src=x onerror=alert(1)>y")
    assert found is not None
    assert found.span == (8, 36)


HOSTS = hosts_of(["widgets.example", "*.cdn.example"])


@pytest.mark.parametrize(
    "text",
    [
        "<script async src='https://widgets.example/w.js' charset=utf-8></script>",
        "<script src=//a.cdn.example/w.js data-id=7></script>",
        "<script src='HTTPS://Widgets.Example/w.js?v=2'> </script>",
    ],
)
def test_scripts_of_services(text: str) -> None:
    assert confidence(text) == "high"
    assert confidence(without_embeds(text.encode(), HOSTS).decode()) == ""


@pytest.mark.parametrize(
    "text",
    [
        "<script src='http://widgets.example/w.js'></script>",
        "<script src='https://widgets.example.evil.example/w.js'></script>",
        "<script src='https://widgets.example@evil.example/w.js'></script>",
        "<script src='https://evil.example\\@widgets.example/w.js'></script>",
        "<script src='https://evil.example/widgets.example/w.js'></script>",
        "<script src='https://cdn.example/w.js'></script>",
        "<script src='https://widgets.example/w?callback=alert'></script>",
        "<script src='https://widgets.example/w.js' onload=alert(1)></script>",
        "<svg><script src='https://widgets.example/w.js'>alert(1)</script></svg>",
        "<script src='https://evil.example/' src='https://widgets.example/w.js'></script>",
        "<script src='https://widgets.example/w.js'>",
    ],
)
def test_what_only_looks_like_them(text: str) -> None:
    assert confidence(without_embeds(text.encode(), HOSTS).decode()) == "high"


@pytest.mark.parametrize(
    ("url", "acts"),
    [
        ("javascript:alert(1)", True),
        ("JavaScript:x=1", True),
        (" \x02java\nscript:alert(1)", True),
        ("vbscript:msgbox(1)", True),
        ("data:text/html,<script>", True),
        ("data:image/svg+xml;base64,PHN2Zz4=", True),
        ("javascript&colon;alert(1)", True),
        ("javascript: alert(1)", True),
        ("javascript:void(0); alert(1)", True),
        ("javascript:void(0)", False),
        ("javascript:", False),
        ("JavaScript: the good parts", False),
        ("data:image/png;base64,AAAA", False),
        ("https://example.com/javascript:alert(1)", False),
        ("mailto:a@example.com", False),
    ],
)
def test_addresses(url: str, acts: bool) -> None:
    assert url_acts(url.encode()) is acts


@pytest.mark.parametrize(
    "piece", ["<a onx=1 ", "<iframe srcdoc='", "<p title='--&gt;&lt;", "<script>", "<svg><style>", "&#60;", "<p/onx=", "<!--&#x;"]
)
def test_any_text_comes_to_an_end(piece: str) -> None:
    detect_active((piece * (100_000 // len(piece))).encode())
