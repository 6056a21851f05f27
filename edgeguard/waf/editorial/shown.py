"""What of an editor's text a browser may be given as it is: HTML, and addresses.

A profile may say what a field is. Where it does not, the value tells: what begins as HTML and has no Markdown in it is HTML;
all else is text, which does nothing where it is shown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.active_html import without_embeds
from edgeguard.waf.detectors.markdown import blocks_of, html_of, is_markdown, urls_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.detectors.active_html import Hosts
    from edgeguard.waf.editorial.separate import ContentField
    from edgeguard.waf.targets.sources import Pair

_BLANK = b" \t\r\n\x0c"
_URL = 4096  # bytes of a value that may be an address as a whole
_SCHEMES = (b"j", b"v", b"d", b"l", b"&")  # javascript, vbscript, data, livescript; or a reference that hides the letter
_LEADING = bytes(range(0x21))
_ELEMENTS = frozenset(
    b"a abbr address applet area article aside audio b base bdi bdo blockquote body br button canvas caption center cite "
    b"code col colgroup data dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame "
    b"frameset h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend li link main map mark marquee "
    b"math menu meta meter nav noscript object ol p param picture portal pre progress q s samp script section select small "
    b"source span strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr "
    b"track tt u ul var video wbr".split()
)
_ENDS = bytes(0x20 if octet in b"\t\n\x0c\r />" else octet for octet in range(256))
_MARKDOWN = (b"\n```", b"\n~~~", b"\n# ", b"\n## ", b"\n### ", b"\n> ", b"](http", b"](/")


def html(fields: Sequence[ContentField], hosts: Hosts) -> list[Pair]:
    """What is shown as HTML, for a profile or a tree says so."""
    found: list[Pair] = []
    for path, value, shown in fields:
        if b"<" not in value:
            continue
        if shown == "html":
            found.append((path, without_embeds(value, hosts)))
        elif shown == "markdown":
            found.append((path, without_embeds(html_of(value), hosts)))
    return found


def likely_html(fields: Sequence[ContentField], hosts: Hosts) -> list[Pair]:
    """What is HTML by its looks."""
    return [(path, without_embeds(value, hosts)) for path, value, shown in fields if shown == "auto" and is_html(value)]


def html_in_markdown(fields: Sequence[ContentField], hosts: Hosts) -> list[Pair]:
    """Blocks of HTML in what is Markdown by its looks."""
    return [
        (path, without_embeds(blocks_of(value), hosts))
        for path, value, shown in fields
        if shown == "auto" and b"<" in value and not is_html(value) and is_markdown(value)
    ]


def maybe_html(fields: Sequence[ContentField], hosts: Hosts) -> list[Pair]:
    """Of what does not look like HTML, and of which nobody said what it is, the HTML in it, if it were Markdown."""
    return [
        (path, without_embeds(html_of(value), hosts))
        for path, value, shown in fields
        if shown == "auto" and b"<" in value and not is_html(value)
    ]


def urls(fields: Sequence[ContentField]) -> list[Pair]:
    """Addresses, as far as they may be more than that: those of harmless schemes are left out."""
    found: list[Pair] = []
    for path, value, shown in fields:
        if shown in ("url", "auto"):
            if len(value) <= _URL and value.lstrip(_LEADING)[:1].lower() in _SCHEMES and (b":" in value or b"&" in value):
                found.append((path, value))
            if shown == "auto" and b"](" in value:  # links of Markdown, whatever the rest is
                found += [(path, url) for url in urls_of(value, (b"](",))]
        elif shown == "markdown":
            found += [(path, url) for url in urls_of(value)]
    return found


def is_html(value: bytes) -> bool:
    """Whether a text begins as HTML, and goes on without a sign of Markdown."""
    start = value[:256].removeprefix(b"\xef\xbb\xbf").lstrip(_BLANK).lower()
    if start[:1] != b"<":
        return False
    if start.startswith((b"<!doctype", b"<!--")):
        return not any(mark in value for mark in _MARKDOWN)
    name, _, _ = start[1:].translate(_ENDS).partition(b" ")
    return (name in _ELEMENTS or b"-" in name or b":" in name) and not any(mark in value for mark in _MARKDOWN)
