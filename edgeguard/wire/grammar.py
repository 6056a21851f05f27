"""The alphabets of HTTP/1.1 (RFC 9110, section 5; RFC 9112), as tables for `bytes.translate`, and the checks built on them.

Each check is one pass in C over bytes that a peer controls. What is refused here is what two parsers might read in two ways.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.message import Field

TOKEN = b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
DIGITS = b"0123456789"
HEX_DIGITS = b"0123456789ABCDEFabcdef"
VISIBLE = bytes(range(0x21, 0x7F))
# A field value may hold visible ASCII, space, tab and the octets above ASCII, which are opaque (obs-text).
VALUE = b"\t" + bytes(range(0x20, 0x7F)) + bytes(range(0x80, 0x100))
_VALUE_OR_LINE_END = VALUE + b"\r\n"
# RFC 3986 lets a name hold `!$&'()*+,;=` too. No host has them, and who reads X-Forwarded-Host as a list would find two in `a,b`.
_HOST = b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ADDRESS = b".:0123456789ABCDEFabcdef"

# Field names seen so far, as sent, with their lower-case form: a name is checked once. Bounded, because clients choose names.
_NAMES: dict[bytes, bytes] = {}
_NAMES_MOST = 2048
# Lines of origins' heads, which say the same things all day. Bounded, and begun anew when full.
_LINES: dict[bytes, Field] = {}
_LINES_MOST = 2048


class FramingError(ValueError):
    """Bytes that are no HTTP message, or could be read as more than one.

    Args:
        reason: a stable lower-case token, such as `bare-line-feed`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def is_token(text: bytes) -> bool:
    """Whether `text` is a token: at least one octet, and only such as a name may hold."""
    return bool(text) and not text.translate(None, TOKEN)


def field_name(raw: bytes) -> bytes:
    """The lower-case form of a field name.

    Raises:
        FramingError: it is empty or no token; a space before the colon shows here too.
    """
    name = _NAMES.get(raw)
    if name is None:
        if not is_token(raw):
            raise FramingError("bad-field-name")
        name = raw.lower()
        if len(_NAMES) < _NAMES_MOST and len(raw) <= 64:
            _NAMES[raw] = name
    return name


def field_line(line: bytes) -> Field:
    """A header line of an origin, without its end, as name and value.

    Raises:
        FramingError: it has no colon, no name, or holds what no field may; so does a folded one, which begins with a space.
    """
    field = _LINES.get(line)
    if field is None:
        raw, colon, value = line.partition(b":")
        if not colon:
            raise FramingError("bad-field")
        field = field_name(raw), value.strip(b" \t")
        if value.translate(None, VALUE):
            raise FramingError("control-in-head")
        if len(line) <= 128:
            if len(_LINES) >= _LINES_MOST:
                _LINES.clear()
            _LINES[line] = field
    return field


def check_head(head: bytes) -> int:
    """Hold a message's head, without the empty line that ends it, to the letter of the grammar's line structure.

    Returns:
        the number of lines after the first one.

    Raises:
        FramingError: a CR or LF alone, a NUL or other control, or a folded line.
    """
    lines = head.count(b"\r\n")
    # With every permitted octet gone, only line ends may be left: two octets for each pair, and none that stands alone.
    if len(head.translate(None, VALUE)) != 2 * lines:
        raise FramingError("control-in-head")
    if b"\r\n " in head or (b"\t" in head and b"\r\n\t" in head):  # tabs are rare, and one octet is found much faster than three
        raise FramingError("folded-field")
    return lines


def check_unfinished(piece: bytes) -> None:
    """Refuse early what can never become a head, so that nobody waits for its end.

    Raises:
        FramingError: a control, an LF without its CR, or a CR that something else follows.
    """
    if piece.translate(None, _VALUE_OR_LINE_END):
        raise FramingError("control-in-head")
    pairs = piece.count(b"\r\n")  # the other half of one may stand before the piece, or still be on its way
    if piece.count(b"\n") > pairs + piece.startswith(b"\n") or piece.count(b"\r") > pairs + piece.endswith(b"\r"):
        raise FramingError("bare-line-end")


def content_length(value: bytes) -> int:
    """The one number of a Content-Length field (RFC 9112, section 6.3).

    Raises:
        FramingError: anything but 1 to 18 digits; lists are refused even where their members agree.
    """
    if not value or len(value) > 18 or value.translate(None, DIGITS):
        raise FramingError("bad-content-length")
    return int(value)


def authority(value: bytes) -> bytes:
    """A `host[:port]` in lower case (RFC 3986, section 3.2, without user information).

    Raises:
        FramingError: it is empty, or holds what no host name, address or port does.
    """
    if value.startswith(b"["):
        host, bracket, port = value[1:].partition(b"]")
        if not bracket or not host or len(host) > 45 or host.translate(None, _ADDRESS) or (port and not port.startswith(b":")):
            raise FramingError("bad-host")
        port = port[1:]
    else:
        host, _, port = value.partition(b":")
        if not host or len(host) > 255 or host.translate(None, _HOST):
            raise FramingError("bad-host")
    if port and (len(port) > 5 or port.translate(None, DIGITS) or int(port) > 65535):
        raise FramingError("bad-host")
    return value.lower()
