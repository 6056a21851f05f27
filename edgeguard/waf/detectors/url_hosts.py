"""Which hosts a value may lead to, if a program takes it for a URL. Readers differ; so whatever one of them would ask is told.

A value counts as a URL where it begins like one, perhaps behind blanks and quotes: prose that mentions a URL is none.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from edgeguard.waf.expression import Expression

LONGEST: Final = 2048  # bytes of a value in which a host is looked for; what begins with more than that of blanks is no URL
_LEAD = bytes(range(0x21)) + b"\"'`<({"
_LETTERS = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-"
_ALONE = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:[]-"
_NAME: Final = 255  # bytes of a host (RFC 1035, section 2.3.4)
_PARAMETER: Final = 20  # bytes of the name in `url=http://…`
_SCHEME: Final = 40  # bytes; the longest in use have a dozen
_MOST: Final = 16  # of hosts in one authority
_UNSEEN = b"\t\r\n"
_WRAPPERS = frozenset({b"url", b"uri", b"jar", b"view-source", b"feed"})
_WEB = frozenset({b"http", b"https", b"ftp"})
_SPLIT = bytes.maketrans(b"#?&, ;|\"'<>(){}", b"@" * 15)

# What a host that stands alone must have in it, if it is a name.
_TELLING = (b"local", b"metadata", b"internal", b"instance-data", b"nip.io", b"xip.io", b"sslip.io")

_BLANKS = rb"(?i)^[\x00-\x20\x22'`<\(\{]*(?:[a-z]{1,20}=[\x00-\x20\x22'`<\(\{]*)?"

# Where it says blank, quote, scheme and slash, it says what `places` skips and takes.
GATE = (
    Expression(_BLANKS + rb"(?:[a-z0-9+.\t\r\n\x00-]{1,}:|[/\\][\t\r\n\x00]*[/\\])"),
    Expression(_BLANKS + rb"(?:[0-9][0-9a-fox\t\r\n\x00]*\.|0[\t\r\n\x00]*x|[0-9a-f\[:\t\r\n\x00]*:)"),
    *(
        Expression(_BLANKS + rb"[0-9a-z_.:\t\r\n\x00-]*" + rb"[\t\r\n\x00]*".join(rb"\x%02x" % octet for octet in text))
        for text in _TELLING
    ),
)


class Place(NamedTuple):
    """Where a value may lead.

    Attributes:
        host: without its port.
        several: there is more than one that some reader takes for the host: user information, or a backslash.
        url: it stood behind a scheme or two slashes; False for a host that stands alone.
        web: the scheme is one of the web's, so that a name without a dot is a name of the inside.
        more: a port or a path follows.
    """

    host: bytes
    several: bool
    url: bool
    web: bool
    more: bool


def places(value: bytes) -> list[Place]:
    """All hosts that `value` may lead to; linear, and at most a few dozen."""
    value = value[:LONGEST].lstrip(_LEAD)
    name, sign, _ = value[:_PARAMETER].partition(b"=")
    if sign and name.isalpha():
        value = value[len(name) + 1 :].lstrip(_LEAD)
    if any(octet in value for octet in _UNSEEN):
        value = value.translate(None, _UNSEEN)
    if _goes_on_in_words(value):
        return []
    rest, scheme = _behind_scheme(value)
    if scheme is None:
        return _alone(rest)
    web = scheme in _WEB
    rest = rest.lstrip(b"/\\")
    authority = rest.split(b"/", 1)[0]
    more = len(authority) < len(rest)
    end = authority
    for octet in (b"?", b"#"):
        end = end.partition(octet)[0]
    host = end.rpartition(b"@")[2].partition(b"\\")[0]
    several = b"@" in authority or b"\\" in authority
    more = more or b":" in host.rpartition(b"]")[2]
    found = [Place(_without_port(host), several=several, url=True, web=web, more=more)]
    if several:
        pieces = authority.replace(b"\\", b"@").translate(_SPLIT).split(b"@", _MOST)[:_MOST]
        found += [Place(_without_port(piece), several=True, url=True, web=False, more=True) for piece in pieces if piece]
    return found


def _behind_scheme(value: bytes) -> tuple[bytes, bytes | None]:
    """What follows the scheme or two slashes, and the scheme: empty where there are just slashes, None where there is neither."""
    for _ in range(4):
        head, colon, rest = value.partition(b":")
        if not colon or not head or len(head) > _SCHEME or head.translate(None, _LETTERS):
            break
        if rest[:1] in (b"/", b"\\"):
            return (rest, head.lower()) if len(head) > 1 else (value, None)  # one letter is a drive
        if head.lower() in _WEB and (b"." in rest or b"%" in rest or b"@" in rest or not rest.isascii()):
            return rest, head.lower()
        if head.lower() not in _WRAPPERS:
            break
        value = rest.lstrip(b" ")
    return value, b"" if value[:1] in (b"/", b"\\") and value[1:2] in (b"/", b"\\") else None


def _alone(value: bytes) -> list[Place]:
    """A host by itself, perhaps with port and path: `127.0.0.1:6379`, `localhost/admin`."""
    found = (value.find(octet) for octet in (b"/", b"?", b"#", b" ", b",", b";", b"\\"))
    end = min((at for at in found if at >= 0), default=len(value))
    host = value[:end]
    if not host or len(host) > _NAME or value[end : end + 1] in (b" ", b",", b";") or host.translate(None, _ALONE):
        return []
    bare = _without_port(host)
    more = end < len(value) or bare != host
    if bare[:1].isdigit() and b":" not in bare:
        if not (bare.count(b".") == 3 or bare[:2].lower() == b"0x" or (bare.startswith(b"127.") and more)):
            return []  # a number, a price, a version
    elif bare[:1] != b"[" and b":" not in bare:
        lower = bare.lower()
        if not any(text in lower for text in _TELLING) or not (b"." in bare or more or lower == b"localhost"):
            return []
    return [Place(bare, several=False, url=False, web=False, more=more)]


def _goes_on_in_words(value: bytes) -> bool:
    """Whether a URL at the beginning is part of a sentence: two words of letters follow it."""
    words = value.split(b" ", 3)[1:3]
    return len(words) == 2 and all(word.isalpha() for word in words)


def _without_port(host: bytes) -> bytes:
    if host.startswith(b"["):
        end = host.find(b"]")
        return host if end < 0 else host[: end + 1]
    if host.count(b":") == 1:
        return host.partition(b":")[0]
    return host
