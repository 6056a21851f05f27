"""`Forwarded` (RFC 7239) and `X-Forwarded-For` as hops, nearest first. Which hop to believe is for `address`.

Both fields are read from the right, because only what the nearest proxies appended can be believed. A client that leaves
a quote open on the left can therefore not swallow what a proxy wrote behind it. Every function is linear and never raises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.identity.networks import pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

# More than any chain of proxies that is run on purpose; nginx and Envoy set no bound but that of the field.
MOST_HOPS = 16
# Octets read of either field, from its end: 16 hops of 256 each, which holds `for`, `by`, `host` and `proto`.
MOST_BYTES = MOST_HOPS * 256

_TOKEN = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_OWS = b" \t"


def hops_of_list(value: bytes) -> Iterator[str | None]:
    """The addresses of an `X-Forwarded-For`, nearest first; None for one that can't be read. Empty elements are skipped."""
    parts = value[-MOST_BYTES:].rsplit(b",", MOST_HOPS)
    whole = len(value) <= MOST_BYTES and len(parts) <= MOST_HOPS
    for element in reversed(parts if whole else parts[1:]):
        text = element.strip(_OWS)
        if text:
            yield node_address(text, bare=True)


def hops_of_forwarded(value: bytes) -> Iterator[str | None]:
    """The `for` nodes of a `Forwarded`, nearest first; None for an element that hides it or can't be read."""
    cut = len(value) > MOST_BYTES
    if cut:
        value = value[-MOST_BYTES:]
    end = len(value)
    for _ in range(MOST_HOPS):
        comma = _last_comma(value, end)
        if comma < 0 and cut:
            return
        element = value[comma + 1 : end].strip(_OWS)
        if element:
            node = _for_of(element)
            yield None if node is None else node_address(node, bare=False)
        if comma < 0:
            return
        end = comma


def node_address(node: bytes, *, bare: bool) -> str | None:
    """The canonical address of `192.0.2.1`, `192.0.2.1:80`, `[2001:db8::1]` or `[2001:db8::1]:80`; None for all else.

    With `bare`, `2001:db8::1` is one too: the custom of X-Forwarded-For, and no node of RFC 7239, section 6.
    """
    if not node.isascii():
        return None
    text = node.decode("ascii")
    if text.startswith("["):
        address, bracket, port = text[1:].partition("]")
        if not bracket or ":" not in address or (port and not _is_port(port)):
            return None
    elif text.count(":") > 1:
        address = text if bare else ""
    else:
        address, colon, port = text.partition(":")
        if colon and not _is_port(":" + port):
            return None
    packed = pack(address)
    return None if packed is None else unpack(packed)


def _is_port(text: str) -> bool:
    """A colon and a port; an obfuscated one (`:_x`, RFC 7239, section 6.3) serves as well, since it is dropped."""
    digits = text[1:]
    if not text.startswith(":"):
        return False
    if digits.startswith("_"):
        return len(digits) > 1 and not digits.encode().translate(None, _TOKEN)
    return digits.isdigit() and len(digits) <= 5


def _last_comma(value: bytes, end: int) -> int:
    """Where the last comma outside quotes stands before `end`, or -1.

    Read backwards, a quote closes a string; the string opens at the next quote that no odd run of backslashes precedes.
    Each octet is looked at once by each of the two searches.
    """
    comma = value.rfind(b",", 0, end)
    while (closing := value.rfind(b'"', comma + 1, end)) >= 0:
        end = _opening_quote(value, closing)
        if end < 0:
            return -1
        if comma > end:
            comma = value.rfind(b",", 0, end)
    return comma


def _opening_quote(value: bytes, closing: int) -> int:
    """Where the string that ends at `closing` opens, or -1."""
    at = value.rfind(b'"', 0, closing)
    while at >= 0:
        start = at
        while start and value[start - 1] == 0x5C:
            start -= 1
        if (at - start) % 2 == 0:
            return at
        at = value.rfind(b'"', 0, start)
    return -1


def _for_of(element: bytes) -> bytes | None:
    """The value of `for` in one forwarded-element; None where it is missing, doubled, or the element breaks the grammar."""
    found: bytes | None = None
    at, length = 0, len(element)
    while at < length:
        pair = _pair(element, at)
        if pair is None:
            return None
        name, value, at = pair
        if name == b"for":
            if found is not None:
                return None
            found = value
    return found


def _pair(element: bytes, at: int) -> tuple[bytes, bytes, int] | None:
    """One `name=value` from `at` on: its lower-case name, its value without quotes, and where the next one starts."""
    equals = element.find(b"=", at)
    name = element[at:equals].strip(_OWS)
    if equals < 0 or not name or name.translate(None, _TOKEN):
        return None
    if element.startswith(b'"', equals + 1):
        quoted = _quoted(element, equals + 2)
        if quoted is None:
            return None
        value, at = quoted
        semicolon = element.find(b";", at)
        rest = element[at:] if semicolon < 0 else element[at:semicolon]
        if rest.strip(_OWS):
            return None
    else:
        semicolon = element.find(b";", equals)
        value = (element[equals + 1 :] if semicolon < 0 else element[equals + 1 : semicolon]).strip(_OWS)
        if not value or value.translate(None, _TOKEN):
            return None
    return name.lower(), value, len(element) if semicolon < 0 else semicolon + 1


def _quoted(text: bytes, at: int) -> tuple[bytes, int] | None:
    """The content of a quoted-string (RFC 9110, section 5.6.4) whose first octet is at `at`, and where it ends."""
    content = bytearray()
    quote = text.find(b'"', at)
    while quote >= 0:
        escape = text.find(b"\\", at, quote)
        if escape < 0:
            content += text[at:quote]
            return bytes(content), quote + 1
        content += text[at:escape] + text[escape + 1 : escape + 2]
        at = escape + 2
        if at > quote:
            quote = text.find(b'"', at)
    return None
