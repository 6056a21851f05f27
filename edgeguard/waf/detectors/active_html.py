"""Would HTML run script where it is shown as HTML? What is markup is told by `html_stream`; here is what of it acts.

`script` elements with code or a source, event handlers, addresses whose scheme runs, documents within attributes (`srcdoc`),
a `base` or a refresh that leads elsewhere, objects, animations of an address, and what is none of this until a program reads it
and writes it anew (`mutation`): markup that stands in an attribute behind the end of what a careless reader takes for raw text.
What is to be read by people does not count: escaped code, comments, `title`, `textarea`, scripts that hold data.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import re2

from edgeguard.waf.detectors.finding import RANKS, Finding
from edgeguard.waf.detectors.html_stream import start_tags
from edgeguard.waf.detectors.script_code import calls, style_runs
from edgeguard.waf.transformations.html_entity_decode import html_entity_decode

if TYPE_CHECKING:
    from collections.abc import Collection

    from edgeguard.waf.detectors.finding import Confidence
    from edgeguard.waf.detectors.html_stream import Tag

Sign = tuple["Confidence", str]

_LEADING = bytes(range(0x21))
_BREAKS = b"\t\n\r"
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_RUNS = (b"javascript:", b"vbscript:", b"livescript:")
_PAGES = (b"text/html", b"application/xhtml", b"image/svg", b"text/xml", b"application/xml", b"text/javascript", b"text/xsl")
_ADDRESSES = frozenset(
    b"href src action formaction xlink:href data to from values background lowsrc dynsrc code codebase cite longdesc manifest "
    b"ping profile poster usemap by".split()
)
_DOCUMENTS = frozenset(b"iframe frame object embed portal applet".split())  # a `data:` address in these is a page that runs
_SOURCES = (b"src", b"data", b"code", b"href")
_CODE_TYPES = frozenset(
    b"module importmap text/babel text/jsx application/x-javascript text/x-javascript text/livescript text/jscript text/vbscript "
    b"text/typescript".split()
)
# What old pages have in their links, and does nothing.
_IDLE = frozenset(
    (
        b"history.back()",
        b"window.history.back()",
        b"history.go(-1)",
        b"window.print()",
        b"print()",
        b"return false",
        b"return true",
        b"return",
        b"void(0)",
        b"void 0",
        b"null",
        b"false",
        b"true",
        b"javascript:void(0)",
    )
)
# Ends of what is raw text to some reader; markup behind one of them in an attribute waits for that reader.
_BREAKOUTS = (b"-->", b"--!>", b"]]>", b"</style", b"</noscript", b"</title", b"</textarea", b"</xmp", b"</iframe", b"</noembed",
              b"</noframes", b"</script", b"</template", b"</select", b"</math", b"</svg")  # fmt: skip
_QUIET = frozenset(
    b"src async defer charset type id class crossorigin integrity referrerpolicy nonce title lang theme fetchpriority".split()
)
"""What a script that editors embed has beside its source."""

_DEPTH = 2  # documents within attributes of documents

_options = re2.Options()
_options.encoding = re2.Options.Encoding.LATIN1
_options.dot_nl = True
_acts = re2.compile(
    rb"(?i)<[^\s>/]*script|[\x00-\x20/\"'`]on[a-z]{3,}[\x00-\x20]*=|s[\t\n\r]*c[\t\n\r]*r[\t\n\r]*i[\t\n\r]*p[\t\n\r]*t[\t\n\r]*:"
    rb"|&(?:#|colon|tab|newline)|srcdoc|<(?:base|meta|link|object|embed|applet|iframe|frame|portal|animate|set|use|style)"
    rb"|d[\t\n\r]*a[\t\n\r]*t[\t\n\r]*a[\t\n\r]*:|style[\x00-\x20]*=|&lt;",
    _options,
).search
"""What is in all that is found here; most articles have none of it."""

Hosts = tuple[frozenset[bytes], tuple[bytes, ...]]
"""Names, and endings such as `.example.com`."""


def hosts_of(patterns: Collection[str]) -> Hosts:
    """Exact names, and `*.example.com`."""
    exact = frozenset(pattern.lower().encode() for pattern in patterns if not pattern.startswith("*."))
    return exact, tuple(pattern[1:].lower().encode() for pattern in patterns if pattern.startswith("*."))


@lru_cache(maxsize=16)
def detect_active(value: bytes, *, spare_code: bool = False) -> Finding | None:
    """The most telling sign in `value`, which is shown as HTML; None where there is none.

    Args:
        value: all of it is read.
        spare_code: what stands in `pre` and `code` counts for less, for it may have been meant to be read.
    """
    return _detect(value, 0, spare_code=spare_code)


def _detect(value: bytes, depth: int, *, spare_code: bool = False) -> Finding | None:
    if _acts(value) is None:
        return None
    best = _reading(value, depth, spare_code=spare_code, foreign=False)
    if best is None or best.confidence != "high":
        low = value.lower()
        if b"<svg" in low or b"<math" in low:
            other = _reading(value, depth, spare_code=spare_code, foreign=True)
            if other is not None and (best is None or RANKS[other.confidence] > RANKS[best.confidence]):
                best = other
    return best


def _reading(value: bytes, depth: int, *, spare_code: bool, foreign: bool) -> Finding | None:
    best: Finding | None = None
    for tag in start_tags(value, foreign=foreign):
        for confidence, what in _signs(tag, depth):
            level: Confidence = "medium" if confidence == "high" and spare_code and tag.in_code else confidence
            if best is None or RANKS[level] > RANKS[best.confidence]:
                best = Finding("html", level, what, (tag.start, min(tag.end, len(value))))
        if best is not None and best.confidence == "high":
            return best
    return best


def _signs(tag: Tag, depth: int) -> list[Sign]:
    found: list[Sign] = []
    if tag.crowded:
        found.append(("high", "crowded"))
    if tag.name == b"script" or tag.name.endswith(b":script"):
        found += _script(tag)
    else:
        found += _element(tag, depth)
    for name, value in tag.attributes.items():
        if not value:
            continue
        if name[:2] == b"on" and len(name) > 4 and _LETTERS.issuperset(name):
            found += _handler(value)
        elif name in _ADDRESSES or name.endswith(b":href"):
            found += _address(tag, name, value)
        elif name == b"style" and style_runs(value.lower()):
            found.append(("medium", "style"))
        if b"<" in value or b"&" in value:
            found += _waiting(value, depth)
    return found


def _script(tag: Tag) -> list[Sign]:
    """A script that is loaded, or that has code; not one that holds data, or whose content is words."""
    kind = tag.attributes.get(b"type", b"").strip().lower().partition(b";")[0].strip()
    if kind and b"javascript" not in kind and b"ecmascript" not in kind and kind not in _CODE_TYPES:
        return []
    for name in (b"src", b"href", b"xlink:href"):
        source = tag.attributes.get(name)
        if source is not None and source.strip(_LEADING):
            return [("high", "script source")]
    code = tag.content.strip()
    if not code or _is_prose(code):
        return [("low", "script")] if code else []
    return [("high", "script")]


def _is_prose(code: bytes) -> bool:
    """Whether what stands between two tags is a sentence about them: words, and nothing that a statement needs."""
    code = code[:2048]
    if any(mark in code for mark in (b"(", b"=", b"`", b"[", b"{", b"import", b"throw", b"++", b"//")):
        return False
    return len(code.split()) != 1 or code.isalpha()


def _element(tag: Tag, depth: int) -> list[Sign]:
    name, attributes = tag.name, tag.attributes
    found: list[Sign] = []
    if b"srcdoc" in attributes and depth < _DEPTH:
        inner = _detect(html_entity_decode(attributes[b"srcdoc"]), depth + 1)
        if inner is not None:
            found.append((inner.confidence, "srcdoc"))
    elif b"srcdoc" in attributes:
        found.append(("high", "srcdoc"))
    if name == b"base" and attributes.get(b"href", b"").strip(_LEADING):
        found.append(("high", "base"))
    elif name == b"meta":
        found += _meta(attributes)
    elif name == b"link":
        if b"import" in attributes.get(b"rel", b"").lower().split():
            found.append(("high", "import"))
    elif name in (b"object", b"embed", b"applet", b"portal"):
        found += _object(attributes)
    elif name == b"set" or name.startswith(b"animate"):
        target = attributes.get(b"attributename", b"").strip().lower()
        if target.startswith(b"on") or (target.endswith(b"href") and _has_scheme(attributes)):
            found.append(("high", "animation"))
    return found


def _meta(attributes: dict[bytes, bytes]) -> list[Sign]:
    kind = attributes.get(b"http-equiv", b"").strip().lower()
    if kind == b"refresh":
        content = html_entity_decode(attributes.get(b"content", b"")).lower()
        plain = content.translate(None, _BREAKS)
        runs = any(mark in plain for mark in (*_RUNS, b"data:"))
        return [("high" if runs else "medium", "refresh")] if b"url" in plain or runs else []
    return [("medium", "meta")] if kind in (b"content-security-policy", b"set-cookie") else []


def _object(attributes: dict[bytes, bytes]) -> list[Sign]:
    """What an object loads is a document of its own, which runs with the page's rights where it is from the same place."""
    source = next((attributes[name] for name in _SOURCES if attributes.get(name, b"").strip(_LEADING)), b"")
    if not source:
        return []
    address, _, _ = _plain(source).partition(b"?")
    risky = address.endswith((b".svg", b".html", b".htm", b".xhtml", b".swf", b".xml", b".jar"))
    return [("medium" if risky else "low", "object")]


def _handler(value: bytes) -> list[Sign]:
    code = html_entity_decode(value).strip(_LEADING + b";")
    low = code.lower()
    if not low or low in _IDLE:
        return []
    if low[:1] == b"{":  # of JSX and its kin, which is compiled before anybody sees it
        return [("medium", "handler in braces")]
    return [("high", "handler") if calls(low) or b"%" in low else ("low", "handler")]


def _address(tag: Tag, name: bytes, value: bytes) -> list[Sign]:
    parts = value.split(b";") if name == b"values" else [value]
    for part in parts[:64]:
        url = _plain(part)
        if url.startswith(_RUNS):
            body = url.partition(b":")[2].strip(_LEADING + b";")
            if body and body not in _IDLE:
                return [("high", "address")]
        elif url.startswith(b"data:") and url[5:].lstrip().startswith(_PAGES):
            if tag.name in _DOCUMENTS or tag.name == b"use":
                return [("high", "data")]
            if name in (b"href", b"xlink:href", b"action", b"formaction"):
                return [("medium", "data")]  # browsers no longer go there
    return []


def url_acts(value: bytes) -> bool:
    """Whether an address, on its own or from a tree of structured text, runs when a reader follows it."""
    url = _plain(value)
    if url.startswith(_RUNS):
        body = url.partition(b":")[2]
        bare = body.strip(_LEADING + b";")
        first, _, rest = bare.partition(b" ")
        if first.strip(b";") in _IDLE or not bare:
            return calls(rest)
        # `JavaScript: the good parts` is a title.
        return not body[:1].isspace() or calls(bare.split(None, 1)[0])
    return url.startswith(b"data:") and url[5:].lstrip().startswith(_PAGES) and (b"," in url)


def _waiting(value: bytes, depth: int) -> list[Sign]:
    """Markup in an attribute behind the end of raw text."""
    text = html_entity_decode(value)
    if b"<" not in text or depth >= _DEPTH:
        return []
    low = text.lower()
    places = [at for at in (low.find(mark) for mark in _BREAKOUTS) if at >= 0]
    if not places:
        return []
    inner = _detect(text[min(places) :].partition(b">")[2], _DEPTH)
    return [("high", "mutation")] if inner is not None and inner.confidence == "high" else []


def _has_scheme(attributes: dict[bytes, bytes]) -> bool:
    return any(
        _plain(part).startswith((*_RUNS, b"data:"))
        for name in (b"to", b"from", b"by", b"values")
        for part in attributes.get(name, b"").split(b";")[:64]
    )


def _plain(value: bytes) -> bytes:
    """An address as browsers read it: references decoded, leading controls and inner line breaks gone; in lower case."""
    return html_entity_decode(value[:4096]).lstrip(_LEADING).translate(None, _BREAKS)[:2048].lower()


def without_embeds(value: bytes, hosts: Hosts) -> bytes:
    """`value`, in which scripts that are loaded over https from these hosts, and have no code of their own, do nothing."""
    if not (hosts[0] or hosts[1]) or b"<script" not in value.lower():
        return value
    kept: list[bytes] = []
    behind = 0
    for tag in start_tags(value):
        if tag.name == b"script" and _is_embed(tag, hosts):
            kept += (value[behind : tag.start], b'<script type="text/plain">')
            behind = tag.end
    kept.append(value[behind:])
    return b"".join(kept)


def _is_embed(tag: Tag, hosts: Hosts) -> bool:
    """Whether a script is nothing but one of theirs. Within SVG it would be its content that runs."""
    if not tag.closed or tag.content.strip() or not _from_host(tag.attributes.get(b"src", b""), hosts):
        return False
    return all(name in _QUIET or name.startswith(b"data-") for name in tag.attributes)


def _from_host(source: bytes, hosts: Hosts) -> bool:
    url = _plain(source)
    if url.startswith(b"//"):
        url = b"https:" + url
    if not url.startswith(b"https://"):
        return False
    rest = url[8:]
    if b"\\" in rest or b"@" in rest.partition(b"/")[0] or b"callback" in rest or b"jsonp" in rest:
        return False  # another host, or what an address itself says
    host = rest.partition(b"/")[0].partition(b"?")[0].partition(b"#")[0]
    return host in hosts[0] or bool(hosts[1] and host.endswith(hosts[1]))
