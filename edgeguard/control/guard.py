"""Which requests the admin address answers at all, decided from the head alone.

A page on the internet can make a browser in the operator's network ask this address, under a name of its own that it lets
point here (DNS rebinding). Such a request carries that name in Host, so only names that are ours are answered.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.config.model import Admin


def host_of(field: str) -> str:
    """The name in a Host field, in lower case, without port, brackets or final dot; "" for what is no host."""
    name, colon, port = field.strip().lower().rpartition(":")
    if not colon or not port.isdigit():
        name = field.strip().lower()
    if name.startswith("[") and name.endswith("]"):
        return name[1:-1]
    return name.removesuffix(".")


class HostCheck:
    """Whether a Host field names this machine as configured.

    Loopback always does, and so do `admin.address` and the names in `admin.hosts`. Where the address is a wildcard, every
    literal IP address does: a rebinding attack needs a name.
    """

    def __init__(self, settings: Admin) -> None:
        self._names = {"localhost", settings.address.lower(), *(host.lower() for host in settings.hosts)}
        self._any_address = settings.address in {"0.0.0.0", "::", ""}  # noqa: S104 - compared, not bound

    def allows(self, field: str | None) -> bool:
        """Judge one Host field; None where the request has none, or several."""
        if not field:
            return False
        host = host_of(field)
        if host in self._names:
            return True
        try:
            address = ip_address(host)
        except ValueError:
            return False
        return address.is_loopback or self._any_address
