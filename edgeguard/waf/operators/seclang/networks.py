"""Sets of networks, and whether an address is in one of them."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST = 45  # letters of an address


class Networks:
    """Networks by the length of their prefix: one look-up each length, however many there are.

    Args:
        entries: addresses and networks; bits behind the prefix don't count.

    Raises:
        Refused: an entry is neither.
    """

    __slots__ = ("_four", "_six")

    def __init__(self, entries: Iterable[str]) -> None:
        four: dict[int, set[int]] = {}
        six: dict[int, set[int]] = {}
        for entry in entries:
            try:
                network = ip_network(entry, strict=False)
            except ValueError as error:
                raise Refused(f"'{entry}' is no address or network: {error}") from None
            shift = network.max_prefixlen - network.prefixlen
            (four if network.version == 4 else six).setdefault(shift, set()).add(int(network.network_address) >> shift)
        self._four = tuple((shift, frozenset(heads)) for shift, heads in sorted(four.items()))
        self._six = tuple((shift, frozenset(heads)) for shift, heads in sorted(six.items()))

    def hold(self, value: bytes) -> bool:
        """Whether `value` is an address in one of them. An IPv6 address that stands for an IPv4 one counts as both."""
        if len(value) > _LONGEST or b"%" in value:
            return False
        try:
            address: IPv4Address | IPv6Address = ip_address(value.decode("ascii"))
        except ValueError:
            return False
        if isinstance(address, IPv6Address):
            number = int(address)
            if any(number >> shift in heads for shift, heads in self._six):
                return True
            if address.ipv4_mapped is None:
                return False
            address = address.ipv4_mapped
        number = int(address)
        return any(number >> shift in heads for shift, heads in self._four)
