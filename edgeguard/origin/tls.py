"""How the edge verifies an origin, and shows who it is itself."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.config.model import OriginTLS


def client_context(settings: OriginTLS) -> ssl.SSLContext:
    """A context that verifies chain and name, takes TLS 1.2 and up (RFC 9325, section 3.1.1), and offers HTTP/1.1 only.

    Raises:
        ValueError: a client key without its certificate.
        OSError: a file can't be read, or holds no PEM (`ssl.SSLError`).
    """
    if settings.client_key is not None and settings.client_certificate is None:
        raise ValueError("origin.tls.client_key is given without client_certificate")
    context = ssl.create_default_context(cafile=str(settings.ca) if settings.ca else None)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    if settings.client_certificate is not None:
        context.load_cert_chain(settings.client_certificate, settings.client_key)
    return context
