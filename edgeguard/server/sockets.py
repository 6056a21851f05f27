"""Sockets. Those that listen are bound once, by the supervisor, and inherited, so that no reload and no death closes a port."""

from __future__ import annotations

import errno
import socket

BACKLOG = 1024  # connections that wait for a worker; Linux cuts it to net.core.somaxconn


class BindError(Exception):
    """A port can't be listened on; the text says why and what to do."""


def bind(address: str, port: int, purpose: str) -> socket.socket:
    """A listening TCP socket.

    Args:
        address: IPv4 or IPv6; `::` takes both.
        port: 0 takes any free one.
        purpose: for the error, such as `listener` or `admin`.

    Raises:
        BindError: with a sentence for people.
    """
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(
            address, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE | socket.AI_NUMERICHOST
        )[0]
    except socket.gaierror:
        raise BindError(f"{purpose}: '{address}' is no IP address") from None
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(address != "::"))
        sock.bind(place)
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        raise BindError(_sentence(purpose, address, port, error)) from None
    sock.setblocking(False)  # noqa: FBT003 - the standard library's
    return sock


def prepare(sock: socket.socket) -> None:
    """Set what every accepted socket needs: answers are written whole, so waiting to fill a segment only costs time."""
    sock.setblocking(False)  # noqa: FBT003 - the standard library's
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _sentence(purpose: str, address: str, port: int, error: OSError) -> str:
    place = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
    if error.errno == errno.EADDRINUSE:
        return f"{purpose}: {place} is in use by another program; stop it (ss -ltnp shows it) or choose another port"
    if error.errno == errno.EACCES:
        return f"{purpose}: no permission for {place}; ports below 1024 need root or CAP_NET_BIND_SERVICE"
    if error.errno == errno.EADDRNOTAVAIL:
        return f"{purpose}: this machine does not have the address {address}"
    return f"{purpose}: {place} can't be listened on: {error.strerror}"
