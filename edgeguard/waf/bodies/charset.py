"""Bodies in other encodings, brought to UTF-8 as an origin would do it; encodings in which ASCII hides are refused."""

from __future__ import annotations

import codecs

from edgeguard.waf.bodies.content import Unparsable

# Those in which ASCII text is ASCII bytes, or whose decoding is the same everywhere. UTF-7, EBCDIC and the ISO 2022
# family are left out: an attack written in them looks like other text.
_TAKEN = {
    "utf-8": "", "us-ascii": "", "ascii": "", "iso-8859-1": "", "iso-8859-15": "", "windows-1252": "", "utf8": "", "latin1": "",
    "utf-16": "utf-16", "utf-16le": "utf-16-le", "utf-16be": "utf-16-be",
    "utf-32": "utf-32", "utf-32le": "utf-32-le", "utf-32be": "utf-32-be",
}  # fmt: skip


def to_utf8(content: bytes, charset: bytes | None, *, guess: bool = False) -> bytes:
    """`content` with its ASCII as ASCII bytes, and without a byte order mark.

    Args:
        content: the body.
        charset: as the content type names it; None where it does not.
        guess: take UTF-16 and UTF-32 where NUL bytes tell of them, as JSON parsers do.

    Raises:
        Unparsable: the charset is not one of those taken, or the content is not written in it.
    """
    codec = ""
    if charset is not None:
        taken = _TAKEN.get(charset.decode("latin-1").lower())
        if taken is None:
            raise Unparsable("charset not taken")
        codec = taken
    if content.startswith(codecs.BOM_UTF8):
        content = content[3:]
    elif not codec and guess:
        codec = _guessed(content)
    if not codec:
        return content
    try:
        return content.decode(codec).lstrip("\ufeff").encode()
    except UnicodeError:
        raise Unparsable("content is not in its charset") from None


def _guessed(content: bytes) -> str:
    head = content[:4]
    if head[:4] in (codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE):
        return "utf-32"
    if head[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
        return "utf-16"
    if b"\0" not in head or len(head) < 2:
        return ""
    zeros = tuple(octet == 0 for octet in head)
    if zeros[:3] == (True, True, True):
        return "utf-32-be"
    if zeros[1:] == (True, True, True):
        return "utf-32-le"
    return "utf-16-be" if zeros[0] else "utf-16-le" if zeros[1] else ""
