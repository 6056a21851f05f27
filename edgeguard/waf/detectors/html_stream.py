"""HTML as its tokeniser and the rules for raw text read it (HTML Living Standard, 13.2.5 and 13.2.6): what is a tag, and what
only looks like one, because it stands in a comment, in a script, in a title.

Two readings: `plain` takes `style`, `title`, `textarea` and their kin for raw text, as in HTML; `foreign` takes them for elements
as any, as within SVG and MathML. Where a document has both, a tag that one of the readings finds may run.

Linear: each search goes on from where the last one ended. An end of the text within a tag ends the tag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_ATTRIBUTES = 256
"""Of one tag; pages have some 20. A tag with more is told as such."""

_OPEN = 2048
"""Bytes of a script's content where its end tag is not looked for, or not there."""

_SPACE = b"\t\n\x0c\r "
_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_ENDS_NAME = bytes(0x20 if octet in b"\t\n\x0c\r />" else octet for octet in range(256))
_ENDS_ATTRIBUTE = bytes(0x20 if octet in b"\t\n\x0c\r />=" else octet for octet in range(256))
_ENDS_VALUE = bytes(0x20 if octet in b"\t\n\x0c\r >" else octet for octet in range(256))

_RAW = frozenset(b"style title textarea xmp iframe noembed noframes noscript".split())
_CODE = frozenset(b"pre code samp kbd".split())


class Tag(NamedTuple):
    """A start tag.

    Attributes:
        name: in lower case.
        attributes: of several with one name the first, as in HTML; names in lower case, values as they stand.
        start, end: of the tag.
        content: of a `script`, what stands up to its end tag, or to the end of the text.
        closed: of a `script`, whether that end tag is there.
        in_code: it stands in `pre`, `code`, `samp` or `kbd`.
        crowded: there were more attributes than are read.
    """

    name: bytes
    attributes: dict[bytes, bytes]
    start: int
    end: int
    content: bytes
    closed: bool
    in_code: bool
    crowded: bool


def start_tags(text: bytes, *, foreign: bool = False) -> Iterator[Tag]:
    """The start tags of `text` in order, as one of the two readings has them."""
    low = text.lower()
    stream = _Stream(text, low)
    size = len(low)
    code = 0
    at = low.find(b"<")
    while 0 <= at < size - 1:
        first = low[at + 1]
        if first == 0x2F:
            if at + 2 < size and low[at + 2] in _LETTERS:
                name = stream.name(at + 2)
                if name in _CODE and code:
                    code -= 1
                _, end, _ = stream.attributes(at + 2 + len(name))
                at = low.find(b"<", end)
            else:
                at = _bogus(low, at)
            continue
        if first not in _LETTERS:
            if low.startswith(b"<!--", at):
                at = _comment(low, at)
            else:
                at = _bogus(low, at) if first in b"!?" else low.find(b"<", at + 1)
            continue
        name = stream.name(at + 1)
        found, end, crowded = stream.attributes(at + 1 + len(name))
        content, closed, resume = b"", True, end
        if name == b"script":
            close = stream.closing(b"</script", end)
            content, closed, resume = (text[end:close], True, close) if close >= 0 else (text[end : end + _OPEN], False, end)
        elif name.endswith(b":script"):  # of XML; an element as any in HTML
            content = text[end : end + _OPEN]
        elif name == b"plaintext" and not foreign:
            resume = size
        elif name in _RAW and not foreign:
            close = stream.closing(b"</" + name, end)
            resume = close if close >= 0 else size
        yield Tag(name, found, at, end, content, closed, code > 0, crowded)
        if name in _CODE:
            code += 1
        at = low.find(b"<", resume)


class _Stream:
    """A text, and copies of it in which all that ends a name, an attribute's name or a value is blank."""

    __slots__ = ("_attributes", "_gone", "_low", "_names", "_text", "_values")

    def __init__(self, text: bytes, low: bytes) -> None:
        self._text = text
        self._low = low
        self._names = low.translate(_ENDS_NAME) + b" "
        self._attributes = low.translate(_ENDS_ATTRIBUTE) + b" "
        self._values = low.translate(_ENDS_VALUE) + b" "
        self._gone: set[bytes] = set()

    def name(self, at: int) -> bytes:
        return self._low[at : self._names.find(b" ", at)]

    def closing(self, mark: bytes, at: int) -> int:
        """Where `mark` stands as the beginning of an end tag; -1 where it does not, which is asked once for each mark."""
        if mark in self._gone:
            return -1
        low = self._low
        found = low.find(mark, at)
        while found >= 0:
            behind = found + len(mark)
            if behind >= len(low) or low[behind] in b"\t\n\x0c\r />":
                return found
            found = low.find(mark, behind)
        self._gone.add(mark)
        return -1

    def attributes(self, at: int) -> tuple[dict[bytes, bytes], int, bool]:
        """The attributes from `at` on, the place behind the tag, and whether there were too many."""
        low, size = self._low, len(self._low)
        found: dict[bytes, bytes] = {}
        for _ in range(MOST_ATTRIBUTES):
            while at < size and (low[at] in _SPACE or low[at] == 0x2F):
                at += 1
            if at >= size or low[at] == 0x3E:
                return found, at + 1, False
            end = self._attributes.find(b" ", at + 1)  # an `=` in front belongs to the name
            name = low[at:end]
            at = end
            while at < size and low[at] in _SPACE:
                at += 1
            if at >= size or low[at] != 0x3D:
                found.setdefault(name, b"")
                continue
            value, at = self._value(at + 1)
            found.setdefault(name, value)
        end = low.find(b">", at)
        return found, size if end < 0 else end + 1, True

    def _value(self, at: int) -> tuple[bytes, int]:
        text, low = self._text, self._low
        while at < len(low) and low[at] in _SPACE:
            at += 1
        mark = low[at : at + 1]
        if mark in (b'"', b"'"):
            end = low.find(mark, at + 1)
            return (text[at + 1 :], len(low)) if end < 0 else (text[at + 1 : end], end + 1)
        end = self._values.find(b" ", at)
        return text[at:end], end


def _comment(low: bytes, at: int) -> int:
    """Where the next `<` stands behind the comment that begins at `at`; a comment without an end hides the rest."""
    if low.startswith((b">", b"->"), at + 4):
        return low.find(b"<", at + 5)
    end = low.find(b"-->", at + 4)
    early = low.find(b"--!>", at + 4, end if end >= 0 else len(low))
    stop = early if early >= 0 else end
    return -1 if stop < 0 else low.find(b"<", stop + 3)


def _bogus(low: bytes, at: int) -> int:
    """The same behind `<!…>`, `<?…>` and `</…>`."""
    end = low.find(b">", at)
    return -1 if end < 0 else low.find(b"<", end + 1)
