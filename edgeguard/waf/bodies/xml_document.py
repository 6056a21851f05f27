"""XML, parsed without entities, document types and network, and asked by XPath.

A document type is refused before libxml2 sees it, for all that an attacker can do with XML begins there (XXE, billion laughs).
Expressions come from rule files, documents from clients: bounds are on the document, and on what an expression may bring.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from edgeguard.waf.bodies.content import TooMany, TooMuch, Unparsable
from edgeguard.waf.bodies.octet_pattern import octet_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from edgeguard.waf.bodies.content import Content
    from edgeguard.waf.targets.sources import Pair

_LOCKED = {
    "resolve_entities": False, "load_dtd": False, "dtd_validation": False, "attribute_defaults": False, "no_network": True,
    "huge_tree": False, "collect_ids": False,
}  # fmt: skip
# Those in which what stands in angle brackets is in ASCII bytes, or is brought there beforehand.
_DECLARED = frozenset({b"utf-8", b"utf8", b"us-ascii", b"ascii", b"iso-8859-1", b"latin1", b"iso-8859-15", b"windows-1252"})
_WIDE = frozenset({b"utf-16", b"utf-16le", b"utf-16be", b"utf-32", b"utf-32le", b"utf-32be", b"iso-10646-ucs-2"})
_HEADROOM = 4  # brackets and quotes in text and CDATA are no nodes: so many times the bound is when counting them tells enough
_EXPRESSIONS = 1024  # compiled; rule files have a handful
_RESULT = 8 * 1024 * 1024  # bytes: an expression such as `//*` repeats text once for each element around it
_PATH = 512  # bytes of a place
_DECLARATION = 256  # bytes; one that says all it may has 60
_BLANK = b" \t\r\n"
_BLANKS = (b" ", b"\t", b"\r", b"\n")

_doctype = octet_pattern(
    rb"<![A-Za-z]{7}(?:[^\[>\"']|\"[^\"]*\"|'[^']*')*"
    rb"(?:\[(?:<!--(?:[^-]|-[^-])*-->|<\?[^?]*\?>|\"[^\"]*\"|'[^']*'|[^\]\"'])*\][ \t\r\n]*)?>"
).match
_parsers: dict[tuple[str | None, bool], etree.XMLParser] = {}
_expressions: dict[tuple[str, tuple[tuple[str, str], ...]], Callable[[Any], Any] | None] = {}
_text = etree.XPath("string()", smart_strings=False)
_nodes = etree.XPath("count(//*) + count(//@*)")
_attributes = etree.XPath("//@*", smart_strings=False)
_own = etree.XPath("@*", smart_strings=False)
_FEW = 16  # attributes of one element; lxml looks for each from the first one on, which takes a second where there are 9,000


class XmlDocument:
    """A document; `left_out` is text that was not parsed with it, a second value of `/*`."""

    __slots__ = ("_known", "_left_out", "_most", "_pairs", "_root")

    def __init__(self, root: etree._Element, most: int, left_out: bytes = b"") -> None:
        self._root = root
        self._most = most
        self._left_out = left_out
        self._known: dict[str, list[bytes]] = {}
        self._pairs: list[Pair] | None = None

    def values(self, path: str, namespaces: Mapping[str, str] | None = None) -> list[bytes]:
        """What `path` selects, as text: `/*` is all text of the document, `//@*` the value of each attribute.

        Numbers and truth values come as XPath writes them. An expression that is none, or fails, selects nothing.
        """
        key = path if not namespaces else f"{path} {sorted(namespaces.items())}"
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = self._select(path, namespaces)
        return known

    def pairs(self) -> list[Pair]:
        """Text and attributes with their places, names without prefixes; blank text is left out."""
        if self._pairs is None:
            self._pairs = self._walk()
        return self._pairs

    def _select(self, path: str, namespaces: Mapping[str, str] | None) -> list[bytes]:
        if path == "/*":
            whole = _octets(_text(self._root))
            return [whole, self._left_out] if self._left_out else [whole]
        if path == "//@*":
            return [_octets(value) for value in _attributes(self._root)]
        expression = _compiled(path, namespaces)
        if expression is None:
            return []
        try:
            result = expression(self._root.getroottree())
        except etree.XPathError:
            return []
        found = []
        left = _RESULT
        for item in result[: self._most] if isinstance(result, list) else [result]:
            value = _result(item)
            left -= len(value)
            if left < 0:
                break
            found.append(value)
        return found

    def _walk(self) -> list[Pair]:
        found: list[Pair] = []
        places: dict[Any, bytes] = {}
        for node in self._root.iter():
            parent = node.getparent()
            around = b"" if parent is None else places.get(parent, b"")
            place = around
            if isinstance(node.tag, str):
                name = _octets(node.tag.rpartition("}")[2])
                place = places[node] = (around + b"." + name if around else name)[:_PATH]
                found += [(place + b"@" + _octets(key.rpartition("}")[2]), _octets(value)) for key, value in _attributes_of(node)]
                _put(found, place, node.text)
            _put(found, around, node.tail)
        return found


def parse(text: bytes, content: Content, depth: int, values: int, charset: bytes | None = None, *, complete: bool = True) -> None:
    """Fill `content.xml`; of a broken document, with as much as can be made out, and its text besides.

    Args:
        text: the document, its markup in ASCII bytes.
        content: to fill.
        depth: of elements in each other.
        values: elements and attributes.
        charset: of `text`; None where the document says it.
        complete: False where `text` is the beginning only, which need not be well-formed.

    Raises:
        Unparsable: it is not well-formed, declares a document type, or is in an encoding that is not taken.
        TooMuch: it goes beyond `depth`.
        TooMany: it goes beyond `values`.
    """
    content.xml = XmlDocument(etree.Element("none"), values, text)
    quotes = text.count(b'"') + text.count(b"'")
    if text.count(b"<") > _HEADROOM * values or min(text.count(b"="), quotes // 2) > _HEADROOM * values:
        raise TooMany(f"more than {values} elements and attributes")
    encoding = _encoding(text, charset)
    start = _prolog(text)
    if text[start : start + 9].lower() == b"<!doctype":
        end = _doctype_end(text, start)
        _recover(text[:start] + text[end:], content, values, encoding, text[start:end])
        raise Unparsable("a document type is declared")
    if not complete:
        _recover(text, content, values, encoding, b"")
        return
    try:
        root = etree.fromstring(text, _parser(encoding, recover=False))
    except etree.XMLSyntaxError:
        _recover(text, content, values, encoding, text)
        raise Unparsable("no well-formed XML") from None
    except (ValueError, LookupError):
        raise Unparsable("no XML") from None
    if root.getroottree().docinfo.doctype:
        raise Unparsable("a document type is declared")
    content.xml = XmlDocument(root, values)
    if _nodes(root) > values:
        raise TooMany(f"more than {values} elements and attributes")
    if text.count(b"<") > depth and _deeper(root, depth):
        raise TooMuch(f"nested deeper than {depth}")


def _encoding(text: bytes, charset: bytes | None) -> str | None:
    """What the parser is told: the charset from outside, or None where it takes what the document declares."""
    if charset is not None:
        return charset.decode("latin-1").lower()
    if not text.startswith(b"<?xml"):
        return "utf-8"
    _, found, value = text[:_DECLARATION].partition(b"?>")[0].partition(b"encoding")
    if not found:
        return "utf-8"
    value = value.lstrip(_BLANK).removeprefix(b"=").strip(_BLANK)
    if value[:1] not in (b'"', b"'"):
        raise Unparsable("no well-formed XML")
    name = value[1:].partition(value[:1])[0].lower()
    if name in _WIDE:
        return "utf-8"  # it would not begin like this in what it says: another layer has brought it here
    if name not in _DECLARED:
        raise Unparsable("charset not taken")
    return None


def _prolog(text: bytes) -> int:
    """Where the document type or the root element begins."""
    at = 0
    while True:
        while text[at : at + 1] in _BLANKS:
            at += 1
        if text.startswith(b"<?", at):
            end, skip = text.find(b"?>", at), 2
        elif text.startswith(b"<!--", at):
            end, skip = text.find(b"-->", at + 4), 3
        else:
            return at
        if end < 0:
            return at
        at = end + skip


def _doctype_end(text: bytes, start: int) -> int:
    """Behind a document type; of a broken one, behind the first bracket that may close it: the rest is taken for text."""
    found = _doctype(text, start)
    if found is not None:
        return int(found.end())
    closing = text.find(b">", start)
    return len(text) if closing < 0 else closing + 1


def _recover(text: bytes, content: Content, values: int, encoding: str | None, left_out: bytes) -> None:
    if text.count(b"&") > _HEADROOM * values:  # each is a node of its own where nobody has declared it
        return
    try:
        root = etree.fromstring(text, _parser(encoding, recover=True))
    except (etree.XMLSyntaxError, ValueError, LookupError):
        return
    if root is not None:
        content.xml = XmlDocument(root, values, left_out)


def _parser(encoding: str | None, *, recover: bool) -> etree.XMLParser:
    parser = _parsers.get((encoding, recover))
    if parser is None:
        parser = _parsers[encoding, recover] = etree.XMLParser(encoding=encoding, recover=recover, **_LOCKED)
    return parser


def _deeper(root: etree._Element, depth: int) -> bool:
    level = [root]
    for _ in range(depth):
        level = [child for node in level for child in node]
        if not level:
            return False
    return True


def _compiled(path: str, namespaces: Mapping[str, str] | None) -> Callable[[Any], Any] | None:
    key = (path, tuple(sorted((namespaces or {}).items())))
    if key not in _expressions:
        if len(_expressions) >= _EXPRESSIONS:
            _expressions.clear()
        try:
            _expressions[key] = etree.XPath(path, namespaces=dict(namespaces or {}), smart_strings=False)
        except (etree.XPathError, ValueError, TypeError):
            _expressions[key] = None
    return _expressions[key]


def _attributes_of(node: etree._Element) -> Iterable[tuple[str, str]]:
    attributes = node.attrib
    return attributes.items() if len(attributes) <= _FEW else zip(attributes.keys(), _own(node), strict=True)


def _result(item: Any) -> bytes:
    if isinstance(item, str):
        return _octets(item)
    if isinstance(item, bool):
        return b"true" if item else b"false"
    if isinstance(item, float):
        return b"%d" % item if item.is_integer() else str(item).encode()
    if isinstance(item, tuple):  # a namespace: prefix and address
        return _octets(str(item[1]))
    text = _text(item) if isinstance(item.tag, str) else item.text
    return _octets(text or "")


def _put(found: list[Pair], place: bytes, text: str | None) -> None:
    if text and not text.isspace():
        found.append((place, _octets(text)))


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
