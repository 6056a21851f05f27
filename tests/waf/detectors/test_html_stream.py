from __future__ import annotations

import pytest

from edgeguard.waf.detectors.html_stream import MOST_ATTRIBUTES, start_tags


def names(text: bytes, *, foreign: bool = False) -> list[bytes]:
    return [tag.name for tag in start_tags(text, foreign=foreign)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (b"<p>a<B\nclass=x>b</b></p>", [b"p", b"b"]),
        (b"a < b, 1 <2, <>, <!>, </>, <=", []),
        (b"<!-- <b> --><i>", [b"i"]),
        (b"<!--><b>", [b"b"]),
        (b"<!---><b>", [b"b"]),
        (b"<!-- x --!><b>", [b"b"]),
        (b"<!-- never closed <b>", []),
        (b"<!doctype html><b>", [b"b"]),
        (b"<?xml <a> ?><b>", [b"b"]),
        (b"</ <a> x><b>", [b"b"]),
        (b"<title><b></title><i>", [b"title", b"i"]),
        (b"<textarea><b></textareas><b></textarea ><i>", [b"textarea", b"i"]),
        (b"<style><b>", [b"style"]),
        (b"<plaintext><b>", [b"plaintext"]),
        (b"<script>'<b>'</script><i>", [b"script", b"i"]),
        (b"<script>'<b>'", [b"script", b"b"]),  # never runs, and hides nothing from the page around it
        (b"<a title='<b>'><i>", [b"a", b"i"]),
        (b"<a title='<b>", [b"a"]),
        (b"<scr<script>ipt>", [b"scr<script"]),
        (b"<svg:script>x</svg:script>", [b"svg:script"]),
    ],
)
def test_tags(text: bytes, found: list[bytes]) -> None:
    assert names(text) == found


def test_raw_text_is_markup_in_foreign_content() -> None:
    assert names(b"<math><style><b></style>", foreign=True) == [b"math", b"style", b"b"]


@pytest.mark.parametrize(
    ("text", "attributes"),
    [
        (b"<a href=x>", {b"href": b"x"}),
        (b"<a HREF = 'X y' b>", {b"href": b"X y", b"b": b""}),
        (b"<a/href=x/y>", {b"href": b"x/y"}),
        (b'<a href="x"b=1>', {b"href": b"x", b"b": b"1"}),
        (b"<a =x>", {b"=x": b""}),
        (b"<a x=1 x=2>", {b"x": b"1"}),
        (b"<a x=`a b`>", {b"x": b"`a", b"b`": b""}),
        (b"<a x=", {b"x": b""}),
        (b"<a x", {b"x": b""}),
    ],
)
def test_attributes(text: bytes, attributes: dict[bytes, bytes]) -> None:
    assert [tag.attributes for tag in start_tags(text)] == [attributes]


def test_scripts_have_their_content() -> None:
    first, second = start_tags(b"<SCRIPT type=x>a < b</Script\n><script>rest")
    assert (first.content, first.closed) == (b"a < b", True)
    assert (second.content, second.closed) == (b"rest", False)


def test_code_is_known() -> None:
    assert [tag.in_code for tag in start_tags(b"<b><pre><i></pre><b><code><i></code></code><b>")] == [
        *(False, False, True, False, False, True, False)
    ]


def test_too_many_attributes_are_told() -> None:
    tag, after = start_tags(b"<a" + b" x" * (MOST_ATTRIBUTES + 1) + b" onclick=x><b>")
    assert tag.crowded
    assert not after.crowded


@pytest.mark.parametrize("piece", [b"<", b"<a ", b"<a x='", b"<!--", b"</script", b"<script>", b"<title>", b"<a x=", b"<pre><"])
def test_any_text_comes_to_an_end(piece: bytes) -> None:
    assert len(names(piece * 5000)) <= 5000
