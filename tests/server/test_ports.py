from __future__ import annotations

import socket
from types import SimpleNamespace
from typing import Any

import pytest

from edgeguard.server.ports import Ports
from edgeguard.server.sockets import BindError


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        return int(sock.getsockname()[1])


def config(*ports: int) -> Any:
    return SimpleNamespace(listeners=[SimpleNamespace(address="127.0.0.1", port=port) for port in ports])


def test_what_is_open_stays_open_over_configurations() -> None:
    ports, one, two = Ports(), free(), free()
    (first,) = ports.take(config(one))
    again, second = ports.take(config(one, two))
    assert again is first
    assert repr(ports) == f"Ports(127.0.0.1:{one}, 127.0.0.1:{two})"
    ports.keep_only([second])
    assert (first.fileno(), second.fileno() >= 0) == (-1, True)
    ports.keep_only([])
    assert second.fileno() == -1


def test_a_failure_closes_what_was_bound_for_it_alone() -> None:
    ports, kept, new = Ports(), free(), free()
    (before,) = ports.take(config(kept))
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(BindError):
        ports.take(config(kept, new, taken.getsockname()[1]))
    assert before.fileno() >= 0
    socket.create_server(("127.0.0.1", new)).close()  # it is free again
    ports.keep_only([])


def test_two_listeners_on_any_free_port_have_two() -> None:
    ports = Ports()
    one, two = ports.take(config(0, 0))
    assert one.getsockname() != two.getsockname()
    assert ports.take(config(0, 0)) == [one, two]
    ports.keep_only([])
