r"""`utf8_to_unicode`: each character beyond ASCII as `%uXXXX`, for `url_decode_uni` to make one byte of.

Argument: none.
Result: four hexadecimal digits, or more where the number has more; UTF-8 is read leniently: an overlong form or half
of a surrogate pair has its lead byte behind it, a lead byte that nothing fits is dropped, other bytes stay, and NUL goes
but at the end.
Example: b"\xef\xbc\x9cscript\xc0\xaf" -> b"%uff1cscript%u002f\xc0"
"""

from __future__ import annotations

import codecs

STIRS = bytes([0, *range(0xC0, 0xF8)])

_SPELLINGS = ((b"\\x", b"%u00"), (b"\\u", b"%u"), (b"\\U0010", b"%u10"), (b"\\U000", b"%u"))  # Python's, and those wanted
_READING = "edgeguard.lenient_utf8"
_WRITING = "edgeguard.percent_u"
_CONTINUATION = bytes(range(0x80, 0xC0))
_SHORTEST = {2: 0x80, 3: 0x800, 4: 0x10000}  # the first number that needs so many bytes
_KEPT = 0xDC00  # a byte that stays is held as this and more, halves of surrogate pairs that no UTF-8 decodes to


def utf8_to_unicode(value: bytes) -> bytes:
    """Linear: all in C for UTF-8 without backslashes; else Python sees characters beyond ASCII, and what is no UTF-8."""
    made = value if value.isascii() else _percent_u(value)
    if 0 in made:
        made = made.replace(b"\0", b"") + (b"\0" if value.endswith(b"\0") else b"")
    return value if made == value else made


def _percent_u(value: bytes) -> bytes:
    try:
        text = value.decode()
    except UnicodeDecodeError:
        return value.decode("utf-8", _READING).encode("ascii", _WRITING)
    if "\\" in text:
        return text.encode("ascii", _WRITING)
    made = text.encode("ascii", "backslashreplace")
    for escape, spelling in _SPELLINGS:
        made = made.replace(escape, spelling)
    return made


def _read(error: UnicodeError) -> tuple[str, int]:
    """What stands for bytes that are no UTF-8, and where reading goes on."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    at = error.start
    lead = error.object[at]
    kept = chr(_KEPT + lead)
    size = 2 if 0xC0 <= lead < 0xE0 else 3 if 0xE0 <= lead < 0xF0 else 4 if 0xF0 <= lead < 0xF8 else 1
    if size == 1:
        return kept, at + 1
    before = kept if lead >= 0xF5 else ""
    rest = error.object[at + 1 : at + size]
    if len(rest) < size - 1 or rest.translate(None, _CONTINUATION):
        return before, at + 1
    code = lead & (0x7F >> size)
    for octet in rest:
        code = code << 6 | octet & 0x3F
    after = kept * ((0xD800 <= code <= 0xDFFF) + (code < _SHORTEST[size]))
    return f"{before}%u{code:04x}{after}", at + size


def _write(error: UnicodeError) -> tuple[bytes, int]:
    """A run of characters beyond ASCII, spelt."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return b"".join(map(_spelt, error.object[error.start : error.end])), error.end


def _spelt(char: str) -> bytes:
    code = ord(char)
    return bytes([code - _KEPT]) if _KEPT + 0x80 <= code <= _KEPT + 0xFF else b"%%u%04x" % code


codecs.register_error(_READING, _read)
codecs.register_error(_WRITING, _write)
