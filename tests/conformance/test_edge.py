from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
import yaml

from edgeguard.config.load import load_config_text
from edgeguard.config.model import Waf
from edgeguard.conformance.edge import Edge, EdgeFailed, field

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def edge() -> Iterator[Edge]:
    """One that is configured and not started."""
    edge = Edge(Waf(rules=["bundled"], budget_us=7), "http://127.0.0.1:1")
    yield edge
    edge._end()


def answering(edge: Edge, answer: bytes) -> None:
    """Has one connection to the edge's port answered with these octets, and closed."""
    server = socket.create_server(("127.0.0.1", edge.port))

    def serve() -> None:
        with server, server.accept()[0] as link:
            link.recv(65536)
            link.sendall(answer)

    threading.Thread(target=serve, daemon=True).start()


def test_the_configuration_is_one_that_loads_and_stays_out_of_the_way(edge: Edge, tmp_path: Path) -> None:
    config = load_config_text(edge._config.read_text(), "t", tmp_path)
    assert (config.waf.mode, config.waf.budget_us) == ("shadow", 7)
    assert (config.limits.policies, config.admit.methods, config.cache.enabled, config.admin.enabled) == ([], [], False, False)
    assert yaml.safe_load(edge._config.read_text())["listeners"] == [{"address": "127.0.0.1", "port": edge.port}]


def test_an_answer_is_read_to_its_end(edge: Edge) -> None:
    answer = b"HTTP/1.1 302 Found\r\nLOCATION: /there\r\nContent-Length: 3\r\n\r\nabc"
    answering(edge, answer)
    outcome = edge.send(b"anything")
    assert (outcome.status, outcome.location, outcome.response, outcome.sent) == (302, "/there", answer, b"anything")


@pytest.mark.parametrize("answer", [b"HTTP/1.1 200 OK\r\n\r\nall of it", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"])
def test_an_answer_that_ends_with_its_connection_is_whole_as_well(edge: Edge, answer: bytes) -> None:
    answering(edge, answer)
    assert edge.send(b"HEAD / HTTP/1.1\r\n\r\n").response == answer


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\n", b"nonsense\r\n\r\n"])
def test_what_is_no_answer_is_an_error(edge: Edge, answer: bytes) -> None:
    answering(edge, answer)
    outcome = edge.send(b"x")
    assert outcome.error
    assert outcome.status == 0


def test_nobody_there_is_an_error(edge: Edge) -> None:
    assert "refused" in edge.send(b"x").error


def test_an_edge_that_does_not_start_says_why(tmp_path: Path) -> None:
    edge = Edge(Waf(rules=[str(tmp_path / "absent")]), "http://127.0.0.1:1")
    with pytest.raises(EdgeFailed, match="absent"), edge:
        pass
    assert not edge._folder.exists()


def test_fields_of_an_answer() -> None:
    head = [b"HTTP/1.1 200 OK", b"X-Request-ID:  abc ", b"Other: y"]
    assert (field(head, b"x-request-id"), field(head, b"absent")) == ("abc", "")
