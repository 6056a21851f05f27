"""`@ipMatch`: the value is an IP address out of these addresses and networks.

Argument: addresses and networks, with commas between: `10.0.0.0/8, 2001:db8::/32`.
Result: the whole value. What is no address never matches.
Example: `SecRule REMOTE_ADDR "@ipMatch 192.0.2.0/24,::1" "id:1,phase:1,pass"`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.operators.seclang.networks import Networks

if TYPE_CHECKING:
    from edgeguard.waf.expression import Span


class IpMatch(ValueOperator):
    """Exact and cheap; there is no gate."""

    def __init__(self, argument: bytes) -> None:
        entries = [entry.strip() for entry in argument.decode("latin-1").split(",")]
        if not any(entries):
            raise Refused("ipMatch needs an address or network")
        self.networks = Networks(filter(None, entries))

    def find(self, value: bytes) -> Span | None:
        return (0, len(value)) if self.networks.hold(value) else None
