"""A host as resolvers read it: whether it names the machine itself, its network, or a cloud's metadata service.

`inet_aton` and the readers of browsers take far more spellings of an address than people write: one number, octal, hexadecimal,
fewer than four parts, full-width and enclosed digits. IPv6 carries IPv4 in several ways. Names of wildcard DNS carry it too.
"""

from __future__ import annotations

from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, Literal
from unicodedata import normalize

from edgeguard.waf.transformations.url_decode import OCTETS

Kind = Literal["metadata", "loopback", "private"]
Reading = tuple[Kind, bool]
"""What a host is, and whether it is disguised: spelled as only who wants to get past a filter spells it."""

_LONGEST: Final = 255  # bytes: a name has no more (RFC 1035, section 2.3.4)
_HEX = b"0123456789abcdef"
_DIGITS = b"0123456789"
_DOTS = {0x3002: ".", 0xFF0E: ".", 0xFF61: ".", 0x2024: "."}

_METADATA_V4 = frozenset(
    IPv4Address(text).packed
    for text in ("169.254.169.254", "169.254.170.2", "169.254.170.23", "169.254.169.253", "100.100.100.200", "192.0.0.192",
                 "168.63.129.16")
)  # fmt: skip
_METADATA_V6 = frozenset(IPv6Address(text).packed for text in ("fd00:ec2::254", "fd00:ec2::23", "fd20:ce::254"))
_V4: Final[tuple[tuple[IPv4Network, Kind], ...]] = (
    (IPv4Network("127.0.0.0/8"), "loopback"),
    (IPv4Network("0.0.0.0/8"), "loopback"),
    (IPv4Network("10.0.0.0/8"), "private"),
    (IPv4Network("172.16.0.0/12"), "private"),
    (IPv4Network("192.168.0.0/16"), "private"),
    (IPv4Network("169.254.0.0/16"), "private"),
    (IPv4Network("100.64.0.0/10"), "private"),
    (IPv4Network("198.18.0.0/15"), "private"),
)
_V6: Final[tuple[tuple[IPv6Network, Kind], ...]] = (
    (IPv6Network("fc00::/7"), "private"),
    (IPv6Network("fe80::/10"), "private"),
    (IPv6Network("fec0::/10"), "private"),
)
# Networks whose addresses carry an IPv4 address, and where in the sixteen octets it stands.
_CARRIERS: Final = (
    (IPv6Network("::ffff:0:0/96"), 12),
    (IPv6Network("::ffff:0:0:0/96"), 12),
    (IPv6Network("64:ff9b::/96"), 12),
    (IPv6Network("64:ff9b:1::/48"), 12),
    (IPv6Network("2002::/16"), 2),
    (IPv6Network("::/96"), 12),
)

_METADATA_NAMES = frozenset(
    {b"metadata.google.internal", b"metadata.goog", b"metadata", b"instance-data", b"instance-data.ec2.internal",
     b"metadata.azure.internal", b"metadata.platformequinix.com", b"metadata.tencentyun.com", b"metadata.packet.net",
     b"rancher-metadata", b"metadata.oraclecloud.com"}
)  # fmt: skip
_LABELS: Final = 12  # of a name that are looked at from the left; longer ones are none of the inside
_OWN = (
    b"localhost", b"localdomain", b"localhost6", b"localdomain6", b"ip6-localhost", b"ip6-loopback", b"loopback",
    b"host.docker.internal", b"gateway.docker.internal", b"kubernetes.docker.internal", b"broadcasthost",
)  # fmt: skip
# Public names that lead back to the machine that asks.
_BACK = (
    b"localtest.me", b"lvh.me", b"vcap.me", b"lacolhost.com", b"yoogle.com", b"fuf.me", b"localho.st", b"127-0-0-1.org.uk",
    b"spoofed.burpcollaborator.net",
)  # fmt: skip
_INNER = (b"internal", b"local", b"svc", b"consul", b"intranet", b"corp", b"lan", b"home.arpa", b"kubernetes", b"docker",
          b"kubernetes.default")  # fmt: skip
_WILDCARDS = (b"nip.io", b"xip.io", b"sslip.io", b"ip6.name", b"nip.direct", b"traefik.me", b"backname.io", b"rbndr.us", b"1u.ms",
              b"local-ip.co", b"localip.dev", b"ipq.co", b"ip.im")  # fmt: skip
# Names, and what all names below them are.
_NAMES: Final[dict[bytes, Literal["loopback", "private", "back", "wildcard"]]] = {
    **dict.fromkeys(_INNER, "private"),
    **dict.fromkeys(_OWN, "loopback"),
    **dict.fromkeys(_BACK, "back"),
    **dict.fromkeys(_WILDCARDS, "wildcard"),
}


def inner(host: bytes, *, single: bool = False) -> Reading | None:
    """What `host` (a name or address, without its port) is; None where it is nothing of the inside.

    Args:
        host: as it stands.
        single: a name without a dot counts as one of the inside, for no public one is like that.
    """
    if not host or len(host) > _LONGEST:
        return None
    plain, odd = _plain(host)
    if plain.startswith(b"[") and plain.endswith(b"]"):
        return _six(plain[1:-1], odd=odd)
    if plain.count(b":") > 1:
        return _six(plain, odd=odd)
    bare = plain.rstrip(b".")
    odd = odd or bare != plain
    numeric = _four(bare)
    if numeric is not None:
        packed, unusual = numeric
        kind = _kind(packed)
        return None if kind is None else (kind, odd or unusual)
    if single and bare.isalnum() and not bare.isdigit():
        return _named(bare, odd=odd) or ("private", odd)
    return _named(bare, odd=odd)


def _plain(host: bytes) -> tuple[bytes, bool]:
    """The host in ASCII and lower case, and whether that took more than lowering it."""
    plain = host
    if b"%" in plain and not plain.startswith(b"["):
        plain = _undone(plain)
    if b"\0" in plain:
        plain = plain.partition(b"\0")[0]
    if not plain.isascii():
        text = plain.decode("utf-8", "replace").translate(_DOTS)
        plain = normalize("NFKC", text).translate(_DOTS).encode("utf-8", "replace")
    return plain.lower(), plain != host


def _undone(host: bytes) -> bytes:
    head, *pieces = host.split(b"%")
    return head + b"".join(OCTETS.get(piece[:2], b"%" + piece[:2]) + piece[2:] for piece in pieces)


def _number(text: bytes) -> int | None:
    """A part of an address: decimal, octal with a leading zero, hexadecimal with `0x`."""
    if text.startswith(b"0x"):
        digits, base, known = text[2:], 16, _HEX
    elif len(text) > 1 and text.startswith((b"0", b"0o")):
        digits, base, known = text.removeprefix(b"0o"), 8, _DIGITS[:8]
    else:
        digits, base, known = text, 10, _DIGITS
    if digits.translate(None, known) or len(digits) > 64:
        return None
    if not digits:
        return 0 if base == 16 else None
    return int(digits, base)


def _four(host: bytes) -> tuple[bytes, bool] | None:
    """An IPv4 address in any spelling, as four octets; and whether it is another than the usual one."""
    if host[:1] not in (b"0", b"1", b"2", b"3", b"4", b"5", b"6", b"7", b"8", b"9"):
        return None
    parts = host.split(b".")
    if len(parts) > 4:
        return None
    numbers = [_number(part) for part in parts]
    *high, low = numbers
    if low is None or any(number is None for number in high):
        return _decimal(parts)
    total = 0
    overflow = low >= 256 ** (4 - len(high))
    for number in high:
        total = total << 8 | (number or 0) & 0xFF
        overflow = overflow or (number or 0) > 0xFF
    total = (total << 8 * (4 - len(high)) | low) & 0xFFFFFFFF
    packed = total.to_bytes(4, "big")
    return packed, overflow or ".".join(map(str, packed)).encode() != host


def _decimal(parts: list[bytes]) -> tuple[bytes, bool] | None:
    """Four decimal numbers with zeros before them, which are no octal numbers: `127.0.0.08`."""
    if len(parts) != 4 or any(not part.isdigit() or len(part) > 8 or int(part) > 255 for part in parts):
        return None
    return bytes(int(part) for part in parts), True


def _kind(packed: bytes) -> Kind | None:
    if packed in _METADATA_V4:
        return "metadata"
    address = IPv4Address(packed)
    return next((kind for network, kind in _V4 if address in network), None)


def _six(text: bytes, *, odd: bool) -> Reading | None:
    try:
        address = IPv6Address(text.replace(b"%25", b"%").partition(b"%")[0].decode("ascii"))
    except (AddressValueError, UnicodeDecodeError):
        return None
    packed = address.packed
    if packed in _METADATA_V6:
        return "metadata", odd
    if int(address) in (0, 1):
        return "loopback", odd
    for network, at in _CARRIERS:
        if address in network:
            kind = _kind(packed[at : at + 4])
            return None if kind is None else (kind, True)
    return next(((kind, odd) for network, kind in _V6 if address in network), None)


def _named(name: bytes, *, odd: bool) -> Reading | None:
    if name in _METADATA_NAMES:
        return "metadata", odd
    at = 0
    for _ in range(_LABELS):
        known = _NAMES.get(name[at:])
        if known == "wildcard":
            kind = _carried(name)
            if kind is not None:
                return kind, True
        elif known is not None:
            return ("loopback", True) if known == "back" else (known, odd)
        at = name.find(b".", at) + 1
        if not at:
            return None
    return None


def _carried(name: bytes) -> Kind | None:
    """The address in a name of wildcard DNS: `127.0.0.1.nip.io`, `a-10-0-0-1.sslip.io`, `7f000001.nip.io`."""
    pieces = name.replace(b"-", b".").split(b".")
    for at, piece in enumerate(pieces[:16]):
        four = pieces[at : at + 4]
        if len(four) == 4 and all(part.isdigit() and len(part) < 4 and int(part) < 256 for part in four):
            kind = _kind(bytes(map(int, four)))
            if kind is not None:
                return kind
        digits = piece.removeprefix(b"0x")
        if len(digits) == 8 and not digits.translate(None, _HEX):
            kind = _kind(bytes.fromhex(digits.decode()))
            if kind is not None:
                return kind
    return None
