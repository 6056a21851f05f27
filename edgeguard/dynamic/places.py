"""From an address to whom it belongs: one IPv4 address, or a subscriber's whole network of IPv6; and the networks around it.

A subscriber of IPv6 owns a /64 at least (RFC 6177) and may send each request from another address of it.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from socket import AF_INET, AF_INET6, inet_ntop, inet_pton

from edgeguard.dynamic.model import Subject

_MAPPED = bytes(10) + b"\xff\xff"


def network(address: str, bits4: int, bits6: int) -> str:
    """The network of so many bits around an address, in CIDR; what is no address stays as it is."""
    try:
        if ":" not in address:
            return _cut(inet_pton(AF_INET, address), bits4)
        packed = inet_pton(AF_INET6, address.partition("%")[0])
    except (OSError, ValueError):
        return address[:64]
    return _cut(packed[12:], bits4) if packed.startswith(_MAPPED) else _cut(packed, bits6)


def place(address: str, bits6: int = 64) -> Subject:
    """The subject that an address is: itself, or its network where it is IPv6."""
    if ":" not in address:
        return Subject("address", address[:64])
    found = network(address, 32, bits6)
    if "/" not in found:
        return Subject("address", found)
    return Subject("address", found[:-3]) if found.endswith("/32") and ":" not in found else Subject("network", found)


def read_place(text: str) -> Subject:
    """What a person wrote: an address or a network. An IPv6 address means itself alone.

    Raises:
        ValueError: it is neither.
    """
    if "/" in text:
        found = ip_network(text, strict=False)
        single = found.prefixlen == found.max_prefixlen
        return Subject("address", str(found.network_address)) if single else Subject("network", str(found))
    address = ip_address(text)
    mapped = getattr(address, "ipv4_mapped", None)
    return Subject("address", str(mapped or address))


def _cut(packed: bytes, bits: int) -> str:
    whole = int.from_bytes(packed)
    size = 8 * len(packed)
    whole = whole >> size - bits << size - bits
    return f"{inet_ntop(AF_INET if size == 32 else AF_INET6, whole.to_bytes(size // 8))}/{bits}"
