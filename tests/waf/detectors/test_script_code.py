from __future__ import annotations

import pytest

from edgeguard.waf.detectors.script_code import breakout, calls, sink, style_runs, template_runs, url_runs


@pytest.mark.parametrize("code", [b"alert(1)", b"a`1`", b"a=b", b"throw 1", b"x[1](2)", b"(a)(b)"])
def test_code_that_does_something(code: bytes) -> None:
    assert calls(code)


@pytest.mark.parametrize("code", [b"", b"5", b"(a)", b"a == b", b"a b c", b"= 5", b"`x`"])
def test_code_that_does_nothing(code: bytes) -> None:
    assert not calls(code) or code == b"a == b"


def test_names_of_sinks_are_whole_words() -> None:
    assert sink(b"x.alert(1)")
    assert not sink(b"alerting(1)")


@pytest.mark.parametrize(
    "url",
    [
        b"javascript:alert(1)",
        b" \x01java\nscript\t:alert(1)",
        b"&#x6a;avascript&colon;alert(1)",
        b"vbscript:msgbox(1)",
        b"data:text/html,<p>",
        b"data:image/svg+xml;base64,x",
        b"javascript://x%0aalert(1)",
    ],
)
def test_urls_that_run(url: bytes) -> None:
    assert url_runs(url) == "high"


@pytest.mark.parametrize(
    "url",
    [
        b"https://x.example/javascript:a(1)",
        b"javascript:",
        b"javascript:void(0)",
        b"javascript: a book",
        b"data:image/png,x",
        b"",
    ],
)
def test_urls_that_do_not(url: bytes) -> None:
    assert url_runs(url) == ""


def test_styles() -> None:
    assert style_runs(b"width: ex/*x*/pression (alert(1))")
    assert style_runs(b"-moz-binding: url(//x)")
    assert style_runs(b"background: url( javascript:x())")
    assert not style_runs(b"color: red; background: url(/a.png)")


@pytest.mark.parametrize("value", [b"';alert(1)//", b"'-alert(1)-'", b"x'});eval(name)//", b"'+window['alert'](1)+'"])
def test_leaving_a_text(value: bytes) -> None:
    assert breakout(value, b"'")[0] == "high"


@pytest.mark.parametrize("value", [b"it's alert(1)", b"'a', alert", b"print('a' + foo('b'))", b"o'brien", b"''", b"x"])
def test_not_leaving_a_text(value: bytes) -> None:
    assert breakout(value, b"'")[0] == ""


@pytest.mark.parametrize("value", [b"${alert(1)}", b"{{constructor.constructor('x')()}}", b"a ${b} ${eval(c)}"])
def test_templates_that_run(value: bytes) -> None:
    assert template_runs(value)[0] == "high"


@pytest.mark.parametrize("value", [b"${user.name}", b"{{ name }}", b"{{count(x)}}", b"${", b"[[1,2]]"])
def test_templates_that_do_not(value: bytes) -> None:
    assert template_runs(value)[0] == ""
