from __future__ import annotations

import errno
import socket
import ssl

import pytest

from edgeguard.errors import Blame
from edgeguard.origin.failure import connecting, losing


def alert() -> ssl.SSLError:
    return ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] tlsv13 alert certificate required (_ssl.c:2580)")


@pytest.mark.parametrize(
    ("error", "status", "reason"),
    [
        (TimeoutError(), 504, "connection_timeout"),
        (socket.gaierror(-2, "Name or service not known"), 502, "dns_error"),
        (ssl.SSLCertVerificationError(1, "expired"), 502, "tls_certificate_error"),
        (ssl.SSLError(1, "wrong version"), 502, "tls_protocol_error"),
        (alert(), 502, "tls_alert_received"),
        (ConnectionRefusedError(errno.ECONNREFUSED, "refused"), 502, "connection_refused"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), 502, "connection_terminated"),
        (OSError(errno.EHOSTUNREACH, "no route"), 502, "destination_ip_unroutable"),
        (OSError("Multiple exceptions: refused, refused"), 502, "connection_refused"),
    ],
)
def test_connections_that_can_not_be_had(error, status, reason) -> None:
    fault = connecting(error)
    assert (fault.status, fault.reason, fault.blame, fault.retry) == (status, reason, Blame.ORIGIN, True)


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE, errno.EADDRNOTAVAIL])
def test_what_the_edge_has_run_out_of_is_its_own_fault(number) -> None:
    fault = connecting(OSError(number, "none left"))
    assert (fault.status, fault.reason, fault.blame) == (503, "connection_limit_reached", Blame.EDGE)


@pytest.mark.parametrize(
    ("error", "started", "reason", "retry"),
    [
        (None, False, "connection_terminated", True),
        (ConnectionResetError(), False, "connection_terminated", True),
        (None, True, "http_response_incomplete", False),
        (ConnectionResetError(), True, "http_response_incomplete", False),
        (alert(), False, "tls_alert_received", False),
    ],
)
def test_connections_that_end(error, started, reason, retry) -> None:
    fault = losing(error, started=started, retry=True)
    assert (fault.status, fault.reason, fault.retry) == (502, reason, retry)
    assert not losing(error, started=started, retry=False).retry
