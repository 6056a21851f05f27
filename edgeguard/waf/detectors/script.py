"""Would a value that is put into a page run script? The places where a value can stand, and the verdict.

In text, as markup; in an attribute's value, bare or in either quotes, which it may leave and go on with attributes; as a URL;
in a script's text in quotes, which it may leave; in a style; in a template of JavaScript. Markup as such is no attack: what
counts is an element that runs or loads, an attribute that is an event handler with code in it, a URL whose scheme runs.

The first `_TAGS` tags are read one by one (`html_tokens`). In longer markup, what could be dangerous is looked for by name, and
the tag around it is read: filling a value up with harmless tags hides nothing, and an article costs no more than its triggers.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import RANKS, READ, Finding
from edgeguard.waf.detectors.html_tokens import Markup, attributes, tags
from edgeguard.waf.detectors.inline_image import without_images
from edgeguard.waf.detectors.script_code import breakout, calls, sink, style_runs, template_runs, url_runs
from edgeguard.waf.detectors.script_gate import may_be_markup, may_be_style
from edgeguard.waf.transformations.html_entity_decode import html_entity_decode

if TYPE_CHECKING:
    from edgeguard.waf.detectors.finding import Confidence
    from edgeguard.waf.detectors.html_tokens import Attribute

_CONTROLS = bytes(range(0x20))
_LOOSE = bytes(range(0x21)) + b"\\"
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_URLS = frozenset(
    b"href src action formaction xlink:href data to from values poster background lowsrc dynsrc code codebase cite longdesc "
    b"manifest ping profile usemap by folder content value".split()
)
_LOADS = {b"iframe": b"src", b"frame": b"src", b"object": b"data", b"embed": b"src", b"applet": b"code", b"portal": b"src"}
_TRIGGERS = (
    b"<script",
    b":script",
    b"javascript:",
    b"vbscript:",
    b"<base",
    b"<meta",
    b"<iframe",
    b"<object",
    b"<embed",
    b"srcdoc",
)
_FOREIGN = (b"<foreignobject", b"<!entity", b"<?xml-stylesheet", b"<handler", b"<script")
_MARKS = ((b'"', "double"), (b"'", "single"))
_RANK: dict[str, int] = {"": -1, **RANKS}

Found = tuple["Confidence", str, int, int]


@lru_cache(maxsize=32)
def detect_script(value: bytes) -> Finding | None:
    """The most telling finding in `value`, percent-decoding and the like done before; None where there is none.

    Rules of different confidence ask the same question of the same value, hence the memory of 32 values, 4 MiB at most
    where bodies are inspected as far as is set by default.
    """
    low = value[:READ].lower()
    if b"data:image/svg+xml" in low:
        low = without_images(value[:READ], low, _image_runs)
    best: Finding | None = None
    markup = Markup(low) if may_be_markup(low + b"\n") is not None else None
    for look in _PLACES:
        found = look(low, markup)
        if found is not None and (best is None or _RANK[found.confidence] > _RANK[best.confidence]):
            best = found
            if found.confidence == "high":
                break
    return best


def _image_runs(low: bytes) -> bool:
    """Whether an image has anything at all that would run, elements of other pages included."""
    return _text(low, Markup(low)) is not None or any(mark in low for mark in _FOREIGN)


def _text(low: bytes, markup: Markup | None) -> Finding | None:
    if markup is None or b"<" not in low:
        return None
    best: Found | None = None
    last = 0
    for name, found, start, end in tags(markup, 0):
        last = end
        verdict = _tag(low, name, found, end)
        if verdict[0] and (best is None or _RANK[verdict[0]] > _RANK[best[0]]):
            best = (verdict[0], verdict[1], start, min(end, len(low)))  # type: ignore[assignment]  # not the empty word
            if verdict[0] == "high":
                break
    else:
        if low.find(b"<", last) >= 0 and (best is None or best[0] != "high"):
            best = _later(markup, last) or best
    if best is None and b"<?import" in low:
        best = ("faint", "import", low.find(b"<?import"), len(low))
    return None if best is None else Finding("text", best[0], best[1], (best[2], best[3]))


def _later(markup: Markup, last: int) -> Found | None:
    """Dangerous tags beyond those that were read one by one: at most a few places for each trigger."""
    low = markup.low
    for trigger in (*_TRIGGERS, b" on", b"/on", b'"on', b"'on"):
        at = low.find(trigger, last)
        for _ in range(4):
            if at < 0:
                break
            start = low.rfind(b"<", last, at + 1)
            for name, found, begin, end in tags(markup, start, 1) if start >= 0 else ():
                confidence, what = _tag(low, name, found, end)
                if confidence == "high":
                    return "high", what, begin, min(end, len(low))
            at = low.find(trigger, at + 1)
    return None


def _tag(low: bytes, name: bytes, found: list[Attribute], end: int) -> tuple[str, str]:
    confidence, what = "", ""
    if b"script" in name:
        confidence, what = _script_tag(low, name, found, end)
    elif name in _ELEMENTS:
        confidence, what = _element(name, found)
    elif name == b"style" and _imports(low, end):
        confidence, what = "faint", "style"
    for attribute, value in found:
        if confidence == "high":
            break
        level, sign = _one(attribute, value)
        if _RANK[level] > _RANK[confidence]:
            confidence, what = level, sign
    return confidence, what


def _script_tag(low: bytes, name: bytes, found: list[Attribute], end: int) -> tuple[str, str]:
    """`<script>`: its content or source makes it certain, words behind it make it a text about scripts."""
    local = name.rpartition(b":")[2]
    if local == b"/script":
        return "medium", "script end"
    if local != b"script":
        return "", ""
    if any(attribute.rpartition(b":")[2] in (b"src", b"href") for attribute, _ in found):
        return "high", "script source"
    content = low[end : end + 512].lstrip()
    words = content.partition(b"<")[0]
    if content.startswith(b"</script") or not words:
        return "high", "script"
    if not _sentence(words) and (calls(words) or any(octet in words for octet in b"`[]{};")):
        return "high", "script"
    return "medium", "script"


def _imports(low: bytes, end: int) -> bool:
    """Whether a style sheet, of which only the beginning is read, has what brings script into it."""
    sheet = low[end : end + 1024].partition(b"</style")[0].translate(None, _LOOSE)
    return b"@import" in sheet or b"javascript:" in sheet or style_runs(sheet)


_BEGINS = frozenset(
    b"var let const new return function if throw import async await typeof void delete class do yield with".split()
)


def _sentence(text: bytes) -> bool:
    """Whether text begins with two words that only a blank parts: no code, save behind a keyword."""
    first, _, rest = text.partition(b" ")
    second = rest.partition(b" ")[0].rstrip(b".,;:!?")
    return first.isalpha() and second.isalpha() and first not in _BEGINS


def _element(name: bytes, found: list[Attribute]) -> tuple[str, str]:
    names = dict(found)
    loads = _LOADS.get(name)
    if b"srcdoc" in names:
        return "high" if b"<" in html_entity_decode(names[b"srcdoc"]) else "medium", "srcdoc"
    if loads is not None:
        source = (names.get(loads) or names.get(b"src") or names.get(b"code", b"")).strip()
        local = source.startswith((b"https://", b"/")) and source[:2] != b"//"
        return ("low" if local else "medium" if source else ""), "load"
    if name == b"base" and b"href" in names:
        return "high", "base"
    if name == b"meta" and names.get(b"http-equiv", b"").strip() == b"refresh":
        return (
            "high" if b"script:" in names.get(b"content", b"") or b"data:" in names.get(b"content", b"") else "medium"
        ), "refresh"
    if name == b"meta" and names.get(b"http-equiv", b"").strip() in (b"set-cookie", b"content-security-policy"):
        return "medium", "meta"
    if name == b"meta" and (_hides(names) or names.get(b"http-equiv", b"").strip() == b"link"):
        return "faint", "meta"
    if name == b"link":
        relation = names.get(b"rel", b"").split()
        return ("high", "import") if b"import" in relation else ("low", "sheet") if b"stylesheet" in relation else ("", "")
    if name in (b"set", b"animate") and names.get(b"attributename", b"").startswith((b"on", b"href", b"xlink:href")):
        return "high", "animate"
    if name == b"use" and any(value.lstrip().startswith(b"data:") for value in names.values()):
        return "high", "use"
    return "", ""


def _hides(names: dict[bytes, bytes]) -> bool:
    """Whether UTF-7 or its kin is declared, in which markup looks like words."""
    return b"utf7" in (names.get(b"charset", b"") + names.get(b"content", b"")).replace(b"-", b"")


_ELEMENTS = frozenset((*_LOADS, b"base", b"meta", b"link", b"set", b"animate", b"use"))


def _one(name: bytes, value: bytes) -> tuple[str, str]:
    """One attribute, wherever it stands."""
    if name[:2] == b"on" and _is_handler(name):
        level, what = _handler(value)
        return level or ("faint" if value else ""), what
    if (name[:1] < b" " or name[-1:] < b" ") and _is_handler(plain := name.strip(_CONTROLS)) and plain[:2] == b"on":
        return ("faint" if _handler(value)[0] else ""), "handler"
    if name == b"datasrc":
        return "faint", "data"
    if value[:1] == b"`":  # a quote to old browsers
        after, _, code = value[1:].partition(b"`")[2].partition(b"=")
        if after[:2] == b"on" and _is_handler(after) and calls(code):
            return "faint", "handler"
    if name in _URLS or name[-5:] == b":href":
        level = url_runs(value) if value else ""
        if not level and name in (b"values", b"content") and b"script:" in value:
            level = max((url_runs(part.rpartition(b"url=")[2]) for part in value.split(b";")[:8]), key=_RANK.__getitem__)
        if level or b"<" not in value:
            return level, "url"
    if name == b"style":
        return ("high" if style_runs(value) else ""), "style"
    if b"<" in value and (b"script" in value or b"on" in value):
        return _nested(value)
    return "", ""


def _nested(value: bytes) -> tuple[str, str]:
    """Markup in an attribute: harmless there, but not where the value was to stand in quotes of its own."""
    markup = Markup(value[:2048])
    for name, found, _, end in tags(markup, 0, 4):
        if name.rpartition(b":")[2] in (b"script", b"/script") or any(
            attribute[:2] == b"on" and _is_handler(attribute) and calls(code) for attribute, code in found
        ):
            return ("high" if any(sink(code) for _, code in found) or sink(value[end : end + 128]) else "medium"), "nested"
    return "", ""


def _is_handler(name: bytes) -> bool:
    """The grammar of handlers' names: `on` and three letters or more; pages define new ones all the time."""
    return 5 <= len(name) <= 40 and _LETTERS.issuperset(name)


def _handler(value: bytes) -> tuple[str, str]:
    code = html_entity_decode(value) if b"&" in value else value
    body = code.strip()
    if body[:1] == b"{":
        return "medium", "handler in braces"  # JSX and its kin
    if calls(body) or b"%" in body:
        return "high", "handler"
    return ("medium" if body and not body.isdigit() else ""), "handler"


def _url(low: bytes, _markup: Markup | None) -> Finding | None:
    level = url_runs(low)
    return Finding("url", level, "url", (0, min(len(low), 64))) if level else None  # type: ignore[arg-type]  # not the empty word


def _attribute(low: bytes, markup: Markup | None) -> Finding | None:
    """A value that leaves an attribute, or needs not, and goes on with a handler."""
    if markup is None or (b"on" not in low and b"=" not in low):
        return None
    for mark, context in _MARKS:
        at = low.find(mark)
        if at >= 0:
            found = _going_on(markup, at + 1, context, at)
            if found is not None:
                return found
    at = 0 if low[:2] == b"on" or low[:1] in b" /\t\n" else low.find(b" ")
    if 0 <= at < 256:
        found = _going_on(markup, at, "unquoted", at)
        if found is not None:
            return found
    return None


def _going_on(markup: Markup, at: int, context: str, start: int) -> Finding | None:
    found, end = attributes(markup, at)
    tail = bytes(markup.low[at : at + 1]) if context != "unquoted" else b" "
    for name, value in found:
        if name[:2] == b"on" and _is_handler(name) and value:
            level, _ = _handler(value)
            if level != "high":
                continue
            code = html_entity_decode(value)
            certain = sink(code) and (tail in (b" ", b"/", b"\t", b"\n", b"\r", b"\x0c", b"o", b"a", b"s", b"t"))
            words = sum(1 for _, text in found if not text)
            confidence: Confidence = (
                "high" if certain and words <= 3 else "medium" if context != "unquoted" or sink(code) else "low"
            )
            return Finding(context, confidence, "handler", (start, min(end, len(markup.low))))
        if name == b"style" and context != "unquoted" and style_runs(value):
            return Finding(context, "high", "style", (start, min(end, len(markup.low))))
    return None


def _script(low: bytes, _markup: Markup | None) -> Finding | None:
    best: Finding | None = None
    for mark, context in _MARKS:
        level, at = breakout(low, mark)
        if level and (best is None or _RANK[level] > _RANK[best.confidence]):
            span = (at, min(at + 64, len(low)))
            best = Finding("script " + context, level, "call", span)  # type: ignore[arg-type]  # not empty
    if best is None and (b"{" in low or b"[[" in low):
        level, at = template_runs(low)
        if level:
            return Finding("template", level, "template", (at, min(at + 64, len(low))))  # type: ignore[arg-type]  # not empty
    return best


def _style(low: bytes, _markup: Markup | None) -> Finding | None:
    """A declaration as the whole value."""
    if b":" in low[:64] and len(low) <= 512 and may_be_style(low) is not None and style_runs(low):
        return Finding("style", "low", "style", (0, min(len(low), 64)))
    return None


_PLACES = (_text, _url, _attribute, _script, _style)
