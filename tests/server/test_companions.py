from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.server.companions import Companions, wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Make = Callable[[dict[str, Any]], Any]


@pytest.fixture
def companions() -> Iterator[Companions]:
    made = Companions()
    yield made
    for pid in list(made._workers):
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def test_one_goes_when_its_socket_is_closed(companions: Companions, blueprint: Make) -> None:
    reading, writing = os.pipe()
    one = companions.spawn(blueprint({}), 7, lambda: os.close(reading))
    assert (len(companions), repr(companions)) == (1, f"Companions({one.pid} of 7)")
    one.sock.close()
    assert os.waitstatus_to_exitcode(os.waitpid(one.pid, 0)[1]) == 0
    os.close(reading)
    os.close(writing)
    assert companions.remove(one.pid) == 7
    assert companions.remove(one.pid) is None
    assert len(companions) == 0


def test_only_those_of_one_worker_are_ended(companions: Companions, blueprint: Make) -> None:
    made = blueprint({})
    one, other = (companions.spawn(made, number, lambda: None) for number in (1, 2))
    companions.end(1)
    assert os.waitstatus_to_exitcode(os.waitpid(one.pid, 0)[1]) == -signal.SIGKILL
    companions.remove(one.pid)
    companions.end(1)  # gone already; nobody minds
    assert os.waitpid(other.pid, os.WNOHANG) == (0, 0)
    one.sock.close()
    other.sock.close()


@pytest.mark.parametrize(
    ("waf", "needed"),
    [
        ({}, True),
        ({"mode": "off"}, False),
        ({"inspect_bytes": 16384}, False),
        ({"inline_bytes": "1MiB"}, False),
        ({"rules": []}, False),
    ],
)
def test_who_inspects_no_large_bodies_has_none(blueprint: Make, waf: dict[str, Any], needed: bool) -> None:
    assert wanted(blueprint({"waf": waf})) is needed
