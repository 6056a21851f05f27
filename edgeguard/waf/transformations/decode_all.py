r"""`decode_all`: all encodings undone that readers behind may undo, as often as they nest: percent, `%u`, HTML's
references, `\uXXXX` and `\xXX`, full-width and overlong forms, look-alike letters, NULs.

Argument: none.
Result: the text that the last reader sees. References stay where tags stand beside them, as they are text for a page there; a `+`
becomes a space only where percent-encoding is undone and no blank stands in the value.
Example: b"%2527 \\u006fr &#x31;=\xef\xbc\x91" -> b"' or 1=1"
"""

from __future__ import annotations

import unicodedata

from edgeguard.waf.bodies.octet_pattern import octet_pattern
from edgeguard.waf.transformations.html_entity_decode import html_entity_decode
from edgeguard.waf.transformations.url_decode_uni import url_decode_uni
from edgeguard.waf.transformations.utf8_to_ascii import utf8_to_ascii

_ASCII = b"%&\\\0"
_LEADS = b"\xc0\xc1\xc2\xca\xcb\xce\xcf\xd0\xd1\xe0\xe2\xe3\xe5\xef\xf0"
STIRS = _ASCII + _LEADS

_ROUNDS = 4
"""Encodings within encodings that are undone. Filters and origins undo two; each round reads the value once."""

_PERCENT, _AMPERSAND, _BACKSLASH, _NUL = _ASCII
_PLUS = ord("+")
_CALM = bytes(octet for octet in range(256) if octet not in STIRS)
_FOLDED = 16 * 1024
"""Bytes of a value in which all compatibility forms are folded; in longer ones only those of `utf8_to_ascii`."""

_HEX = frozenset(b"0123456789abcdefABCDEF")
_QUOTES = {
    0x2B9: "'",
    0x2BA: '"',
    0x2BC: "'",
    0x2C8: "'",
    0x2032: "'",
    0x2035: "'",
    0x2044: "/",
    0x2215: "/",
    0x2216: "\\",
    0x223C: "~",
}
"""What databases and file systems turn into ASCII when a text does not fit their code page."""

_CUT = ((b"\xe5\x98\x8d", b"\r"), (b"\xe5\x98\x8a", b"\n"))
"""Characters of which a reader of Latin-1 keeps the lower half, a line end."""

_LOOKS = {
    ord(look): ascii_
    for look, ascii_ in zip(
        "аеорсхуіјѕАВЕКМНОРСТХІЈЅαορνικΑΒΕΖΗΙΚΜΝΟΡΤΧ", "aeopcxyijsABEKMHOPCTXIJSaopvikABEZHIKMNOPTX", strict=True
    )
}
_LOOK_ALIKES = frozenset(map(chr, _LOOKS))


_quoted = octet_pattern(rb"\xca[\xb9\xba\xbc]|\xcb\x88|\xe2(?:\x80[\xb2\xb5]|\x81\x84|\x88[\x95\x96\xbc])").search
_marked_up = octet_pattern(rb"<[/!?a-zA-Z]").search
_mixed = octet_pattern(rb"[a-zA-Z][\xce\xcf\xd0\xd1]|[\xce\xcf\xd0\xd1][\x80-\xbf][a-zA-Z]").search


def decode_all(value: bytes) -> bytes:
    """Linear: `_ROUNDS` times a few passes in C, and one split at each sign that may begin an encoding."""
    if not value.translate(None, _CALM):
        return value
    form = value
    for _ in range(_ROUNDS):
        before = form
        form = _once(form)
        if form == before:
            break
    return value if form == value else form


def _once(form: bytes) -> bytes:
    if _PERCENT in form:
        form = _unescaped(form)
    if _AMPERSAND in form and _marked_up(form) is None:
        form = html_entity_decode(form)
    if _BACKSLASH in form:
        form = _without_escapes(form)
    if _NUL in form:
        form = form.replace(b"\0", b"")
    return form if form.isascii() else _folded(form)


def _unescaped(form: bytes) -> bytes:
    """Percent-encoding undone; a plus sign is one of its ways to spell a space only where no space stands as such."""
    if _PLUS not in form or b" " not in form:
        plain = form if _PLUS not in form else form.replace(b"+", b"%20")
        decoded = url_decode_uni(plain)
        return form if decoded == plain or decoded.replace(b" ", b"+") == form else decoded
    decoded = url_decode_uni(form.replace(b"+", b"%2b"))
    return form if decoded == form else decoded


def _without_escapes(form: bytes) -> bytes:
    r"""`\xHH`, `\uHHHH` and `\u{H}` as the characters they stand for; whatever else stands behind a backslash stays."""
    head, *pieces = form.split(b"\\")
    parts = [head]
    for piece in pieces:
        code, length = _code(piece)
        if length:
            parts += (chr(code).encode("utf-8", "surrogatepass"), piece[length:])
        else:
            parts += (b"\\", piece)
    return b"".join(parts)


def _code(piece: bytes) -> tuple[int, int]:
    """The character that an escape means, and how long the escape is; 0 where it is none."""
    kind = piece[:1]
    if kind == b"x" and len(piece) > 2 and _HEX.issuperset(piece[1:3]):
        return int(piece[1:3], 16), 3
    if kind in (b"u", b"U"):
        if piece[1:2] == b"{":
            end = piece.find(b"}", 2, 9)
            if end > 2 and _HEX.issuperset(piece[2:end]):
                return min(int(piece[2:end], 16), 0x10FFFF), end + 1
        elif len(piece) > 4 and _HEX.issuperset(piece[1:5]):
            return int(piece[1:5], 16), 5
    return 0, 0


def _folded(form: bytes) -> bytes:
    """Compatibility forms and look-alikes as the ASCII that they are read as."""
    plain = utf8_to_ascii(form)
    for wide, narrow in _CUT:
        plain = plain.replace(wide, narrow)
    if len(plain) > _FOLDED or not plain.translate(None, _CALM):
        return plain
    try:
        text = plain.decode()
    except UnicodeDecodeError:  # no text, or none that anybody folds
        return plain
    folded = text if unicodedata.is_normalized("NFKC", text) else unicodedata.normalize("NFKC", text)
    if _quoted(plain) is not None:
        folded = folded.translate(_QUOTES)
    if _mixed(plain) is not None:
        folded = " ".join(word.translate(_LOOKS) if _disguised(word) else word for word in folded.split(" "))
    if folded == text:
        return plain
    made = folded.encode()
    return made if len(made) <= 2 * len(plain) + 16 else plain


def _disguised(word: str) -> bool:
    """Whether a word is of Latin letters, some of which are look-alikes from elsewhere."""
    return not word.isascii() and _LOOK_ALIKES.issuperset(char for char in word if not char.isascii())
