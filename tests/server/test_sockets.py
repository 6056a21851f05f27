from __future__ import annotations

import socket

import pytest

from edgeguard.server.sockets import BindError, bind


def test_it_listens() -> None:
    with bind("127.0.0.1", 0, "listener") as sock:
        assert not sock.getblocking()
        socket.create_connection(sock.getsockname()).close()


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with bind("127.0.0.1", 0, "listener") as sock:
        port = sock.getsockname()[1]
        with pytest.raises(BindError, match=rf"^admin: 127\.0\.0\.1:{port} is in use by another program; stop it"):
            bind("127.0.0.1", port, "admin")


def test_an_address_that_is_not_here() -> None:
    with pytest.raises(BindError, match=r"^listener: this machine does not have the address 192\.0\.2\.1$"):
        bind("192.0.2.1", 0, "listener")


def test_what_is_no_address() -> None:
    with pytest.raises(BindError, match="'localhost' is no IP address"):
        bind("localhost", 0, "listener")


def test_both_families_on_the_unspecified_address_of_ipv6() -> None:
    try:
        sock = bind("::", 0, "listener")
    except BindError:
        pytest.skip("no IPv6 here")
    with sock:
        socket.create_connection(("127.0.0.1", sock.getsockname()[1])).close()
