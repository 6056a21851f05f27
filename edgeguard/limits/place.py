"""From a client's address to the name of its bucket: one subscriber, one bucket. No bucket is touched here.

A subscriber of IPv6 owns a whole network, a /64 at least (RFC 6177), and may send every request from another address of it.
"""

from __future__ import annotations

from socket import AF_INET6, inet_ntoa, inet_pton

from edgeguard.limits.policy import bounded

_MAPPED = bytes(10) + b"\xff\xff"  # RFC 4291, section 2.5.5.2


class Places:
    """Names of addresses. No memo is needed: the C library reads an address faster than a bounded memo is kept.

    Args:
        prefix: bits of an IPv6 address that tell subscribers apart.
    """

    __slots__ = ("_mask", "_size")

    def __init__(self, prefix: int) -> None:
        self._size = -(-prefix // 8)
        self._mask = (0xFF00 >> (prefix % 8)) & 0xFF if prefix % 8 else 0

    def name(self, address: str) -> str | bytes:
        """IPv4 as its text, IPv6 as the bytes of its network; what is no address is its own, bounded name."""
        if ":" not in address:
            return bounded(address)
        try:
            packed = inet_pton(AF_INET6, address.partition("%")[0])
        except (OSError, ValueError):
            return bounded(address)
        if packed.startswith(_MAPPED):
            return inet_ntoa(packed[12:])
        network = packed[: self._size]
        if self._mask:
            return network[:-1] + bytes((network[-1] & self._mask,))
        return network
