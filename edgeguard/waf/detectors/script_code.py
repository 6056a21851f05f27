"""Whether text is code that would run: a handler's body, a URL with a scheme that runs, a style that runs, the rest of a
broken-out string. Small grammars over bytes in lower case; no markup here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.html_entity_decode import html_entity_decode

if TYPE_CHECKING:
    from collections.abc import Container

_LEADING = bytes(range(0x21))
_BREAKS = b"\t\n\r"
_NAME = b"abcdefghijklmnopqrstuvwxyz0123456789_$"
_TO_NAMES = bytes(octet if octet in _NAME or octet >= 0x80 else 0x20 for octet in range(256))
BETWEEN = b" \t\r\n;)}],+*/|&^?:%<>=!-~(.\\"

SINKS = frozenset(
    b"alert confirm prompt print eval fetch import settimeout setinterval setimmediate function execscript open write writeln "
    b"location cookie fromcharcode atob constructor sendbeacon postmessage xmlhttprequest insertadjacenthtml innerhtml outerhtml "
    b"document window globalthis localstorage sessionstorage onerror throw expression importscripts worker tostring".split()
)
"""Names that scripts of attackers end in, in lower case. Only one more sign beside the grammar."""

_KEYWORDS = frozenset((b"new", b"void", b"typeof", b"await", b"throw", b"return", b"delete"))
_UNREAD = _LEADING + b"\"'`"
_FIRST = (b"j", b"v", b"l", b"d", b"&")
_RUNS = (b"javascript:", b"vbscript:", b"livescript:")
_PAGES = (b"text/html", b"application/xhtml", b"image/svg+xml", b"text/xml", b"application/xml", b"text/javascript", b"text/xsl")
_STYLES = (
    b"expression(",
    b"-moz-binding",
    b"behavior:url",
    b"behaviour:url",
    b"url(javascript:",
    b"url('javascript:",
    b'url("javascript:',
    b":'javascript:",
    b':"javascript:',
)


def calls(code: bytes) -> bool:
    """Whether `code` has a call, an assignment, a tagged template or a throw: what a handler needs to do anything."""
    for mark in (b"(", b"`"):
        at = code.find(mark)
        while 0 <= at < 512:
            before = code[:at].rstrip()
            if before and (before[-1] in _NAME or before[-1] in b"])\\."):
                return True
            at = code.find(mark, at + 1) if mark == b"(" else -1
    head, equals, rest = code[:512].partition(b"=")
    return bool(equals and head.strip() and rest.strip() and rest[:1] != b"=") or b"throw" in code[:512]


def sink(code: bytes) -> bool:
    """Whether one of `SINKS` stands in the beginning of `code`."""
    return not SINKS.isdisjoint(code[:1024].translate(_TO_NAMES).split())


def url_runs(value: bytes) -> str:
    """`high` or `medium` where the URL would run as script, else empty. Leading controls and inner line breaks are dropped as
    the URL Standard has it.
    """
    value = value[:1024].lstrip(_UNREAD)
    if value[:1] not in _FIRST:
        return ""
    if b"&" in value:  # the value is in lower case, these two names are not
        value = html_entity_decode(value.replace(b"&tab;", b"\t").replace(b"&newline;", b"\n"))
    url = value.lstrip(_LEADING).translate(None, _BREAKS).lstrip(b"\"'`").lstrip(_LEADING)
    if url[:1] not in (b"j", b"v", b"l", b"d"):
        return ""
    if url.startswith(_RUNS):
        return _code_url(url.partition(b":")[2])
    if url.startswith(b"data:"):
        kind = url[5:].lstrip()
        if kind.startswith(_PAGES):
            return "high" if b"," in url or b";" in url else "medium"
    return ""


def _code_url(code: bytes) -> str:
    body = code.strip(_LEADING + b";")
    if body in (b"", b"void(0)", b"void 0", b"void(null)", b"void", b"history.back()", b"history.go(-1)", b"window.print()"):
        return ""
    if code[:1] in (b" ", b"") and not calls(code.split(b" ", 2)[1] if code[:1] == b" " else code):
        return ""
    if code[:1] == b"%" or code[:2] == b"//" or calls(body):
        return "high" if b" " not in body[:24].partition(b'"')[0] or sink(body) else "medium"
    return ""


def style_runs(value: bytes) -> bool:
    """Whether a style would run script in a browser that ever did so."""
    value = value[:1024]
    if b"&" in value:
        value = html_entity_decode(value)
    if b"/*" in value:
        value = _uncommented(value)
    plain = value.translate(None, _LEADING + b"\\")
    return any(mark in plain for mark in _STYLES)


def _uncommented(style: bytes) -> bytes:
    parts: list[bytes] = []
    at = 0
    while True:
        start = style.find(b"/*", at)
        if start < 0:
            return b"".join((*parts, style[at:]))
        parts.append(style[at:start])
        at = style.find(b"*/", start + 2) + 2
        if at < 2:
            return b"".join(parts)


def breakout(low: bytes, mark: bytes) -> tuple[str, int]:
    """Whether a value leaves a script's text at its first `mark` and goes on with a call: confidence (or empty) and the place.

    What follows must be operators or the ends of what was open, then an expression, and then either a comment, the same mark
    again, or the value's end.
    """
    at = low.find(mark)
    if at < 0:
        return "", -1
    rest = low[at + 1 : at + 1025]
    code = rest.lstrip(BETWEEN)
    gap = rest[: len(rest) - len(code)]
    if not gap.strip() or gap[:1] == b"." or not code:
        return "", -1
    while _first_name(code[:16]) in _KEYWORDS and code[:1].isalpha():
        code = code[len(_first_name(code[:16])) :].lstrip()
    name_end = (code.translate(_TO_NAMES) + b" ").find(b" ")
    bracket = code[:1] == b"["
    if (not name_end or code[:1].isdigit()) and not bracket:
        return "", -1
    if not bracket and not _continues(code[name_end:].lstrip(b")") if gap[-1:] == b"(" else code[name_end:]):
        return "", -1
    if not calls(code):
        return "", -1
    closed = (
        code.rstrip(b" ;)").endswith((mark, b"//", b"<!--", b"-", b"+", b"*", b"/*"))
        or b"//" in code
        or code.endswith((b")", b"`"))
    )
    if not closed or not sink(code):
        return "", -1
    hit = _first_name(code) in SINKS or bracket
    return ("high" if hit and not _many_words(low[:at], gap) else "medium"), at


def _many_words(before: bytes, gap: bytes) -> bool:
    """A sentence, or arguments of a call in code, before the quote: no value that breaks out."""
    return len(before[:256].split(None, 3)) > 2 or (b"(" in before and b"," in gap) or b"(" in gap


def _first_name(code: bytes) -> bytes:
    words = code.translate(_TO_NAMES).split(None, 1)
    return words[0] if words else b""


def _continues(rest: bytes) -> bool:
    return rest.lstrip()[:1] in (b"(", b"`", b"[", b".", b"=", b"?") and (rest[:1] != b" " or rest.lstrip()[:1] in (b"(", b"="))


def template_runs(low: bytes) -> tuple[str, int]:
    """`${...}` of JavaScript, and moustaches of client-side templates, with a call of what attackers call."""
    for opening, ending in ((b"${", b"}"), (b"{{", b"}}"), (b"[[", b"]]")):
        at = low.find(opening)
        for _ in range(16):
            if at < 0:
                break
            end = low.find(ending, at + 2, at + 1024)
            code = low[at + 2 : end if end > 0 else at + 1024]
            confidence = _template(code, opening)
            if confidence:
                return confidence, at
            at = low.find(opening, end if end > 0 else at + 2)
    return "", -1


def _template(code: bytes, opening: bytes) -> str:
    if b"constructor" in code and calls(code):
        return "high"
    if opening == b"[[" or not calls(code):
        return ""
    name = _first_name(code)
    if name in _TESTS and code.lstrip(b"( \t\r\n")[len(name) :].lstrip(b") \t\r\n")[:1] in (b"(", b"`"):
        return "high"
    return "medium" if name in (b"document", b"window") and sink(code) else ""


_TESTS: Container[bytes] = frozenset((b"alert", b"confirm", b"prompt", b"eval", b"$eval", b"settimeout", b"fetch", b"import"))
