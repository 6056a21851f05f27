from __future__ import annotations

import ssl
from typing import Any

import pytest

from edgeguard.config.model import TLS
from edgeguard.server.tls import server_context


def test_only_what_is_current(authority: Any) -> None:
    certificate, key = authority.issue()
    context = server_context(TLS(certificate=certificate, key=key))
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    assert context.options & ssl.OP_NO_RENEGOTIATION
    assert context.options & ssl.OP_NO_COMPRESSION
    assert all("GCM" in cipher["name"] or "CHACHA20" in cipher["name"] for cipher in context.get_ciphers())
    assert server_context(TLS(certificate=certificate, key=key, minimum="1.3")).minimum_version is ssl.TLSVersion.TLSv1_3


def test_a_key_with_a_passphrase_is_refused_and_nobody_is_asked(authority: Any) -> None:
    certificate, key = authority.issue(passphrase=b"secret")
    with pytest.raises(ssl.SSLError):
        server_context(TLS(certificate=certificate, key=key))


def test_what_does_not_belong_together(authority: Any) -> None:
    certificate, _ = authority.issue("one")
    _, key = authority.issue("other")
    with pytest.raises(ssl.SSLError):
        server_context(TLS(certificate=certificate, key=key))
