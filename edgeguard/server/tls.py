"""Contexts for TLS on listeners, from Python's `ssl` (RFC 9325: 1.2 with forward secrecy and AEAD, and 1.3)."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.config.model import TLS

_VERSIONS = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def server_context(settings: TLS) -> ssl.SSLContext:
    """The context of one listener.

    Raises:
        OSError: a file can't be read.
        ssl.SSLError: certificate and key are no PEM, or do not belong together.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[settings.minimum]
    context.set_ciphers(settings.ciphers)
    # Renegotiation and compression are ways to make a server work or talk (RFC 9325, sections 3.3 and 3.5).
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION | ssl.OP_CIPHER_SERVER_PREFERENCE
    context.set_alpn_protocols(["http/1.1"])
    # Without a password given, OpenSSL would ask a terminal for that of an encrypted key.
    context.load_cert_chain(settings.certificate, settings.key, password="")
    return context
