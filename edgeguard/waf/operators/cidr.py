"""`cidr`: the value is an IP address within the network.

Arguments: networks, such as 10.0.0.0/8 or 2001:db8::/32; one of them must hold the address.
Result: the whole value.
Example: `{ip.src|cidr: [10.0.0.0/8, 192.168.0.0/16]}`
"""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class Cidr(ValueOperator):
    """An IPv4-mapped IPv6 address counts as the IPv4 address in it. What is no address is in no network."""

    def __init__(self, argument: object) -> None:
        try:
            self.network = ip_network(str(argument))
        except ValueError as error:
            raise Refused(f"'{argument}' is no network: {error}") from None

    def find(self, value: bytes) -> Span | None:
        try:
            address = ip_address(value.decode("ascii"))
        except ValueError:
            return None
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return (0, len(value)) if address in self.network else None
