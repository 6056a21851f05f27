"""Which listening sockets are open, over all configurations that were loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.server.sockets import bind

if TYPE_CHECKING:
    import socket

    from edgeguard.config.model import Config


class Ports:
    """Listening sockets by address and port as configured."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], socket.socket] = {}

    def __repr__(self) -> str:
        return f"Ports({', '.join(f'{address}:{port}' for address, port in self._open)})"

    def take(self, config: Config) -> list[socket.socket]:
        """The sockets of the listeners of `config`, in order; those that are not open yet are bound.

        Raises:
            BindError: one can't be had; what was bound for this call is closed again.
        """
        before = set(self._open)
        try:
            for listener in config.listeners:
                place = (listener.address, listener.port)
                if place not in self._open:
                    self._open[place] = bind(*place, "listener")
        except BaseException:
            for place in set(self._open) - before:
                self._open.pop(place).close()
            raise
        return [self._open[listener.address, listener.port] for listener in config.listeners]

    def keep_only(self, sockets: list[socket.socket]) -> None:
        """Close all others."""
        for place, sock in list(self._open.items()):
            if sock not in sockets:
                sock.close()
                del self._open[place]
