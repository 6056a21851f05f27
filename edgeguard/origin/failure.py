"""What the network does to a connection, as faults. The reasons are the error types of RFC 9209, section 2.3, to the letter."""

from __future__ import annotations

import errno
import socket
import ssl

from edgeguard.errors import EdgeFault, Fault, OriginFault

_UNROUTABLE = frozenset((errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EHOSTDOWN, errno.ENETDOWN))
# Files or ports that the edge itself has run out of: no fault of the origin, and no reason to eject it.
_EXHAUSTED = frozenset((errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL, errno.ENOBUFS, errno.ENOMEM))


def connecting(error: Exception) -> Fault:
    """Why a connection could not be had. Nothing was sent, so that trying elsewhere is safe."""
    if isinstance(error, TimeoutError):
        return OriginFault(504, "connection_timeout", "no connection in time", retry=True)
    if isinstance(error, socket.gaierror):
        return OriginFault(502, "dns_error", str(error), retry=True)
    if isinstance(error, ssl.SSLError):
        return OriginFault(502, _of_tls(error), str(error), retry=True)
    number = error.errno if isinstance(error, OSError) else None
    if number in _EXHAUSTED:
        return EdgeFault(503, "connection_limit_reached", str(error), retry=True)
    if number in _UNROUTABLE:
        return OriginFault(502, "destination_ip_unroutable", str(error), retry=True)
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return OriginFault(502, "connection_terminated", "closed while connecting", retry=True)
    # Several addresses that all failed come as one error without a number.
    return OriginFault(502, "connection_refused", str(error), retry=True)


def losing(error: Exception | None, *, started: bool, retry: bool) -> OriginFault:
    """Why a connection ended in the middle of an exchange; `started` when part of the answer had come."""
    if isinstance(error, ssl.SSLError):
        return OriginFault(502, _of_tls(error), str(error))
    if started:
        return OriginFault(502, "http_response_incomplete", "closed in the middle of an answer")
    return OriginFault(502, "connection_terminated", "closed before any answer", retry=retry)


def _of_tls(error: ssl.SSLError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return "tls_certificate_error"
    return "tls_alert_received" if "ALERT" in str(error) else "tls_protocol_error"
