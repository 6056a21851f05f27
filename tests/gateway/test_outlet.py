from __future__ import annotations

from edgeguard.gateway.outlet import Link, Outlet
from edgeguard.server.connection import ClientConnection


def test_link_is_plain_until_told_otherwise() -> None:
    link = Link("192.0.2.1", "")
    assert (link.redirect, link.onward) == (None, None)


def test_a_connection_has_what_an_outlet_needs() -> None:
    needed = {name for name in vars(Outlet) if not name.startswith("_")}
    assert needed == {"send"}
    assert needed <= set(dir(ClientConnection))
