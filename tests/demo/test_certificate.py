from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest

from edgeguard.demo.certificate import make_certificate

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1"])
def test_a_client_that_trusts_it_connects_by_each_name(tmp_path: Path, name: str) -> None:
    pair = make_certificate(tmp_path)
    server_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_context.load_cert_chain(pair.certificate, pair.key)
    client_context = ssl.create_default_context(cafile=str(pair.certificate))
    inner, outer = socket.socketpair()

    def serve() -> None:
        with server_context.wrap_socket(inner, server_side=True) as sock:
            sock.sendall(b"hello")

    thread = threading.Thread(target=serve)
    thread.start()
    with client_context.wrap_socket(outer, server_hostname=name) as sock:
        assert sock.recv(5) == b"hello"
    thread.join()


def test_another_name_is_refused(tmp_path: Path) -> None:
    pair = make_certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    client = ssl.create_default_context(cafile=str(pair.certificate))
    to_client, to_server = ssl.MemoryBIO(), ssl.MemoryBIO()
    there = context.wrap_bio(to_server, to_client, server_side=True)
    here = client.wrap_bio(to_client, to_server, server_hostname="example.com")
    with pytest.raises(ssl.SSLWantReadError):
        here.do_handshake()
    with pytest.raises(ssl.SSLWantReadError):
        there.do_handshake()
    with pytest.raises(ssl.SSLCertVerificationError, match=r"not valid for 'example\.com'"):
        here.do_handshake()


def test_only_the_owner_reads_the_key_and_nothing_is_overwritten(tmp_path: Path) -> None:
    pair = make_certificate(tmp_path)
    assert pair.key.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        make_certificate(tmp_path)
