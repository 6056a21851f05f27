"""Sets of networks with fast membership, and the one spelling that each IP address has in the house.

An IPv4 address inside IPv6 (`::ffff:192.0.2.1`) is IPv4 here, in sets and in look-ups alike, so that no rule for an IPv4
network is passed by on a dual-stack socket. Who is trusted, and what a field says, lives in `address`.
"""

from __future__ import annotations

import socket
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import TYPE_CHECKING

import radix

if TYPE_CHECKING:
    from collections.abc import Iterable

_MAPPED = b"\x00" * 10 + b"\xff\xff"
_LONGEST = 45  # characters of an address in text: INET6_ADDRSTRLEN less its NUL

Network = IPv4Network | IPv6Network


def pack(text: str) -> bytes | None:
    """The 4 or 16 octets of an address; None for what is no address. A zone (`fe80::1%eth0`) is no part of one."""
    if len(text) > _LONGEST:
        return None
    try:
        if ":" not in text:
            return socket.inet_pton(socket.AF_INET, text)
        packed = socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError):
        return None
    return packed[12:] if packed.startswith(_MAPPED) else packed


def unpack(packed: bytes) -> str:
    """The canonical text (RFC 5952) of 4 or 16 octets."""
    return socket.inet_ntop(socket.AF_INET if len(packed) == 4 else socket.AF_INET6, packed)


def canonical(text: str) -> str:
    """The one spelling of a socket's address: no zone, IPv4-mapped as IPv4; what is no address stays as it is."""
    if ":" not in text:
        return text
    packed = pack(text.partition("%")[0])
    return text if packed is None else unpack(packed)


class NetworkSet:
    """Networks, and whether an address lies in one of them.

    A look-up walks a radix tree: its cost grows with the address's length, not with the number of networks. A memo of
    recent answers was measured and saves less than it would hold.
    """

    __slots__ = ("_tree", "size")

    def __init__(self, cidrs: Iterable[str | Network] = ()) -> None:
        """Take networks or single addresses; host bits are ignored.

        Raises:
            ValueError: what stands there is no network.
        """
        self._tree = radix.Radix()
        for cidr in cidrs:
            self._tree.add(_as_ipv4(ip_network(cidr, strict=False)).with_prefixlen)
        self.size = len(self._tree.prefixes())

    def __len__(self) -> int:
        return self.size

    def __repr__(self) -> str:
        return f"NetworkSet({sorted(self._tree.prefixes())!r})"

    def contains(self, address: str | bytes) -> bool:
        """Whether an address, in text or as 4 or 16 octets, lies in the set; False for what is no address."""
        if not self.size:
            return False
        packed: bytes | None
        if isinstance(address, str):
            packed = pack(address)
        elif len(address) == 16:
            packed = address[12:] if address.startswith(_MAPPED) else address
        else:
            packed = address if len(address) == 4 else None
        return packed is not None and self._tree.search_best(packed=packed) is not None


def _as_ipv4(network: Network) -> Network:
    """`::ffff:10.0.0.0/104` as `10.0.0.0/8`; other networks as they are."""
    if isinstance(network, IPv6Network) and network.network_address.ipv4_mapped is not None:
        return IPv4Network((network.network_address.ipv4_mapped, network.prefixlen - 96))
    return network
