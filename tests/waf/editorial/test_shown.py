from __future__ import annotations

import pytest

from edgeguard.waf.editorial import shown
from edgeguard.waf.editorial.separate import ContentField

NO_HOSTS: tuple[frozenset[bytes], tuple[bytes, ...]] = (frozenset(), ())


def field(value: bytes, kind: str = "auto") -> list[ContentField]:
    return [ContentField(b"a", value, kind)]


@pytest.mark.parametrize(
    "value",
    [
        b"<p>x</p>",
        b"  \r\n<div class='a'>",
        b"\xef\xbb\xbf<h1>x",
        b"<!DOCTYPE html><title>x",
        b"<!-- a --><p>",
        b"<my-element>x",
        b"<script>alert(1)</script>",
        b"<svg/onload=x>",
        b"<IMG src=x>",
    ],
)
def test_what_is_html_by_its_looks(value: bytes) -> None:
    assert shown.is_html(value)
    assert shown.likely_html(field(value), NO_HOSTS)
    assert not shown.maybe_html(field(value), NO_HOSTS)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        b"<",
        b"< p>",
        b"<3 of you",
        b"<your name here>",
        b"<stdio.h> is a header",
        b"The <script> element",
        b"<?php echo 1;",
        b"<details>\n\n```html\n<script>alert(1)</script>\n```\n",
        b"<p align=center>\n\n## Title\n",
    ],
)
def test_what_is_not(value: bytes) -> None:
    assert not shown.is_html(value)
    assert not shown.likely_html(field(value), NO_HOSTS)


def test_what_a_profile_or_a_tree_says() -> None:
    assert shown.html(field(b"x <b>", "html"), NO_HOSTS) == [(b"a", b"x <b>")]
    assert shown.html(field(b"x `<b>` <i>", "markdown"), NO_HOSTS) == [(b"a", b"x   <i>")]
    for kind in ("text", "url", "auto"):
        assert shown.html(field(b"<b>", kind), NO_HOSTS) == []
    assert shown.maybe_html(field(b"x `<b>` <i>"), NO_HOSTS) == [(b"a", b"x   <i>")]


def test_addresses() -> None:
    assert shown.urls(field(b"\tjavascript:alert(1)")) == [(b"a", b"\tjavascript:alert(1)")]
    assert shown.urls(field(b"data:x", "url")) == [(b"a", b"data:x")]
    assert shown.urls(field(b"[x](javascript:a) `[y](javascript:b)`", "markdown")) == [(b"a", b"javascript:a")]
    assert shown.urls(field(b"x [y](javascript:a) `[y](javascript:b)` <javascript:c>")) == [(b"a", b"javascript:a")]
    assert (b"a", b"javascript:a") in shown.urls(field(b"Let it be: [y](javascript:a)"))
    assert shown.urls(field(b"&#106;avascript&colon;x")) == [(b"a", b"&#106;avascript&colon;x")]
    assert shown.urls(field(b"https://example.com/")) == []
    assert shown.urls(field(b"javascript:x", "text")) == []
    assert shown.urls(field(b"javascript:" + b"x" * 5000)) == []


def test_embeds_do_nothing() -> None:
    hosts = (frozenset({b"widgets.example"}), ())
    assert b"text/plain" in shown.html(field(b"<script src=https://widgets.example/w.js></script>", "html"), hosts)[0][1]
