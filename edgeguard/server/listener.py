"""Accepting: which connections get in, counted before the TLS handshake, so that a flood of handshakes is bounded too."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

from edgeguard.limits.place import Places
from edgeguard.observe.log import get_logger
from edgeguard.server.sockets import prepare

if TYPE_CHECKING:
    import asyncio
    import socket
    import ssl
    from collections.abc import Callable

    from edgeguard.config.model import Wire
    from edgeguard.observe.meters import Meters
    from edgeguard.server.connection import ClientConnection

log = get_logger("server")

# Connections taken in one turn of the loop: a burst must not wait long, nor may one worker take what others have time for.
ACCEPTS_AT_ONCE = 16
# When the process is out of descriptors, accepting again at once would spin.
PAUSE_SECONDS = 0.2
_OUT_OF_ROOM = frozenset((errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM))


class Census:
    """How many connections a worker has, in all and by address.

    Args:
        most: in all.
        most_each: of one address.
        prefix: bits of an IPv6 address that tell clients apart; whoever owns a network has an address for each connection.
    """

    __slots__ = ("_by_address", "_most", "_most_each", "_place", "total")

    def __init__(self, most: int, most_each: int, prefix: int = 64) -> None:
        self.total = 0
        self._most = most
        self._most_each = most_each
        self._place = Places(prefix).name
        self._by_address: dict[str | bytes, int] = {}

    def __repr__(self) -> str:
        return f"Census({self.total} of {self._most}, {len(self._by_address)} addresses)"

    def enter(self, address: str) -> str:
        """Count one more, unless there is no room; says why not: `full`, `address`, or ""."""
        if self.total >= self._most:
            return "full"
        place = self._place(address)
        count = self._by_address.get(place, 0)
        if count >= self._most_each:
            return "address"
        self._by_address[place] = count + 1
        self.total += 1
        return ""

    def leave(self, address: str) -> None:
        """Count one less."""
        self.total -= 1
        place = self._place(address)
        count = self._by_address[place] - 1
        if count:
            self._by_address[place] = count
        else:
            del self._by_address[place]


class Listener:
    """Takes connections from one listening socket, which other workers share.

    Args:
        sock: bound and listening; this process's own handle of what is shared with others.
        context: None for plain text.
        make: a new protocol for a connection accepted from an address.

    Attributes:
        draining: set once no further request is to be taken.
        draining_idle: set once connections without a request are to be closed.
    """

    def __init__(
        self,
        sock: socket.socket,
        context: ssl.SSLContext | None,
        make: Callable[[Listener, str], ClientConnection],
        settings: Wire,
        census: Census,
        meters: Meters,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._sock = sock
        self._context = context
        self._make = make
        self._settings = settings
        self._census = census
        self._meters = meters
        self._loop = loop
        self._open: set[ClientConnection] = set()
        self._entering: set[asyncio.Task[None]] = set()
        self.draining = False
        self.draining_idle = False

    def __repr__(self) -> str:
        return f"Listener({len(self._open)} open, {len(self._entering)} entering{', draining' if self.draining else ''})"

    @property
    def empty(self) -> bool:
        """Whether nobody is here any more."""
        return not self._open and not self._entering

    def start(self) -> None:
        """Accept from now on."""
        self._loop.add_reader(self._sock, self._accept)

    def stop(self) -> None:
        """Accept no more, and let each connection end with its next response, which tells the client so.

        What the kernel has taken on already is let in. The socket is closed here; where no other process has it open, clients
        are then refused at once and go elsewhere, instead of waiting for an answer until this one has drained.
        """
        self._loop.remove_reader(self._sock)
        self.draining = True
        while self._accept():
            pass
        self._sock.close()

    def close_idle(self) -> None:
        """Close connections that have no request, now and whenever one has ended."""
        self.draining_idle = True
        for connection in list(self._open):
            connection.close_if_idle()

    def abort(self) -> None:
        """Close everything now."""
        for task in list(self._entering):
            task.cancel()
        for connection in list(self._open):
            connection.abort()

    def opened(self, connection: ClientConnection) -> None:
        """Called by a connection once it is made."""
        self._open.add(connection)
        if self._context is not None:
            self._meters.handshake(done=True)

    def closed(self, connection: ClientConnection) -> None:
        """Called by a connection once it is gone."""
        self._open.discard(connection)
        self._census.leave(connection.peer)
        self._meters.connection_closed()

    def _accept(self) -> bool:
        """Let in who waits; True where more may wait."""
        for _ in range(ACCEPTS_AT_ONCE):
            try:
                sock, address = self._sock.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return False
            except OSError as error:
                if error.errno in _OUT_OF_ROOM:
                    self._meters.connection_refused("descriptors")
                    self._pause(error)
                return False
            self._enter(sock, address[0])
        return True

    def _enter(self, sock: socket.socket, address: str) -> None:
        why = self._census.enter(address)
        if why:
            self._meters.connection_refused(why)
            sock.close()
            return
        self._meters.connection_opened()
        task = self._loop.create_task(self._connect(sock, address))
        self._entering.add(task)
        task.add_done_callback(self._entering.discard)

    async def _connect(self, sock: socket.socket, address: str) -> None:
        connection = self._make(self, address)
        timeout = self._settings.header_seconds if self._context is not None else None
        try:
            prepare(sock)
            await self._loop.connect_accepted_socket(lambda: connection, sock, ssl=self._context, ssl_handshake_timeout=timeout)
        except OSError:
            # A scanner, a client that does not like the certificate, or one that went away: theirs, and too common to log.
            # (ssl.SSLError, ConnectionError and TimeoutError are all kinds of OSError.)
            self._meters.handshake(done=False)
        finally:
            if not connection.made:
                sock.close()
                self._census.leave(address)
                self._meters.connection_closed()

    def _pause(self, error: OSError) -> None:
        log.error("no room for another connection; raise the limit of open files (ulimit -n)", error=error.strerror)
        self._loop.remove_reader(self._sock)
        self._loop.call_later(PAUSE_SECONDS, self._again)

    def _again(self) -> None:
        if not self.draining:
            self._loop.add_reader(self._sock, self._accept)
