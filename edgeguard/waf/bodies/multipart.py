"""`multipart/form-data` (RFC 7578), read strictly: CR LF line ends, one name a part, quoted as browsers quote it, closed at
the end. Whatever a lenient parser might read otherwise makes the body unparsable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies import json_text
from edgeguard.waf.bodies.charset import to_utf8
from edgeguard.waf.bodies.content import TooMany, Unparsable, Unreadable

if TYPE_CHECKING:
    from edgeguard.waf.bodies.content import Content

_HEAD = 8 * 1024  # bytes of a part's head; real ones have 200
_FILE = 16 * 1024  # of each upload, so that large assets cost little; web shells show themselves early
_BOUNDARY = 70  # RFC 2046, section 5.1.1


def parse(body: bytes, boundary: bytes | None, content: Content, values: int, *, complete: bool) -> None:
    """Fill `content.form`, `content.file_names` and `content.files`.

    Raises:
        Unparsable: a part or the frame is not as the RFC and browsers have it; parts before are filled in.
        TooMany: more than `values` parts.
    """
    if not boundary or len(boundary) > _BOUNDARY:
        raise Unparsable("no boundary, or one too long")
    first, *parts = (b"\r\n" + body).split(b"\r\n--" + boundary, values + 2)
    if len(parts) > values + 1:
        raise TooMany(f"more than {values} parts")
    if first or not parts:
        raise Unparsable("does not begin with its boundary")
    last = parts.pop() if complete else b""
    for at, part in enumerate(parts):
        cut = not complete and at == len(parts) - 1
        if not part.startswith(b"\r\n"):
            raise Unparsable("a boundary's line does not end")
        _part(part, content, values, cut=cut)
    _transcode(content)
    if complete and last not in (b"--", b"--\r\n"):
        raise Unparsable("not closed, or something follows the end")


def _part(part: bytes, content: Content, values: int, *, cut: bool) -> None:
    end = part.find(b"\r\n\r\n", 0, _HEAD)
    if end < 0:
        if cut:
            return
        raise Unparsable("a part's head does not end")
    disposition, kind = _head(part[2:end])
    value = part[end + 4 :]
    name, file_name = _names(disposition)
    if file_name is None:
        content.form.append((name, _in_utf8(value, kind)))
    else:
        content.file_names.append((name, file_name))
        content.files.append((name, value[:_FILE]))
        if not file_name and value:  # what is no file without a name is a field for some
            content.form.append((name, value))
    if b"json" in kind:  # its origin takes it for arguments, even where, as a browser's Blob, it has a file name
        content.text += json_text.strings(value, values - len(content.text))


def _in_utf8(value: bytes, kind: bytes) -> bytes:
    """A field's text; most have no type, and those that name a charset name UTF-8."""
    _, named, charset = kind.partition(b"charset=")
    return to_utf8(value, charset.partition(b";")[0].strip(b' \t"')) if named else value


def _transcode(content: Content) -> None:
    """Heed `_charset_`, by which a form names the encoding of all its fields (RFC 7578, section 4.6)."""
    charset = next((value for name, value in content.form if name == b"_charset_"), None)
    if charset:
        content.form = [(name, value if name == b"_charset_" else to_utf8(value, charset)) for name, value in content.form]


def _head(head: bytes) -> tuple[bytes, bytes]:
    """A part's disposition, and its type in lower case."""
    found: bytes | None = None
    kind = b""
    for line in head.split(b"\r\n"):
        field, colon, value = line.partition(b":")
        if not colon or b"\n" in line or b"\r" in line or b"\0" in line or field != field.strip():
            raise Unparsable("a part's head is malformed")
        field = field.lower()
        if field == b"content-disposition":
            if found is not None:
                raise Unparsable("a part has two dispositions")
            found = value.strip(b" \t")
        elif field == b"content-transfer-encoding" and value.strip().lower() not in (b"7bit", b"8bit", b"binary"):
            raise Unreadable("a part has a transfer encoding")  # some origins undo it
        elif field == b"content-type":
            kind += value.strip(b" \t").lower()
    if found is None:
        raise Unparsable("a part has no disposition")
    return found, kind


def _names(disposition: bytes) -> tuple[bytes, bytes | None]:
    """Name and file name of `form-data; name="..."; filename="..."`."""
    kind, _, rest = disposition.partition(b";")
    if kind.strip().lower() != b"form-data":
        raise Unparsable("a part's disposition is not form-data")
    found: dict[bytes, bytes] = {}
    while rest.strip(b" \t"):
        key, equals, rest = rest.partition(b"=")
        key = key.strip(b" \t").lower()
        if not equals or key not in (b"name", b"filename") or key in found:
            raise Unparsable("a part's disposition has a parameter that is unknown or repeated")
        if rest[:1] == b'"':
            found[key], rest = _quoted(rest)
        else:
            value, semicolon, rest = rest.partition(b";")
            rest = semicolon + rest
            found[key] = value.strip(b" \t")
        if rest and rest[:1] != b";":
            raise Unparsable("a part's disposition is malformed")
        rest = rest[1:]
    if b"name" not in found:
        raise Unparsable("a part has no name")
    return found[b"name"], found.get(b"filename")


def _quoted(rest: bytes) -> tuple[bytes, bytes]:
    """The text between quotes, and what follows. Browsers write %22 for a quote; old clients a backslash before it."""
    at = 1
    while True:
        end = rest.find(b'"', at)
        if end < 0:
            raise Unparsable("a part's name is not closed")
        if rest[end - 1] != 0x5C or end == 1:
            return rest[1:end].replace(b'\\"', b'"'), rest[end + 1 :].lstrip(b" \t")
        at = end + 1
