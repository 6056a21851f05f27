"""Which listening sockets are open, over all configurations that were loaded."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from edgeguard.server.sockets import bind

if TYPE_CHECKING:
    import socket

    from edgeguard.config.model import Config


class Ports:
    """Listening sockets by address and port as configured, and how many of the same stand before: port 0 may occur often."""

    __slots__ = ("_open",)

    def __init__(self) -> None:
        self._open: dict[tuple[str, int, int], socket.socket] = {}

    def __repr__(self) -> str:
        return f"Ports({', '.join(f'{address}:{port}' for address, port, _ in self._open)})"

    def take(self, config: Config) -> list[socket.socket]:
        """The sockets of the listeners of `config`, in order; those that are not open yet are bound.

        Raises:
            BindError: one can't be had; what was bound for this call is closed again.
        """
        before = set(self._open)
        places = _places(config)
        try:
            for place in places:
                if place not in self._open:
                    self._open[place] = bind(place[0], place[1], "listener")
        except BaseException:
            for place in set(self._open) - before:
                self._open.pop(place).close()
            raise
        return [self._open[place] for place in places]

    def keep_only(self, sockets: list[socket.socket]) -> None:
        """Close all others."""
        for place, sock in list(self._open.items()):
            if sock not in sockets:
                sock.close()
                del self._open[place]


def _places(config: Config) -> list[tuple[str, int, int]]:
    seen: Counter[tuple[str, int]] = Counter()
    places = []
    for listener in config.listeners:
        place = (listener.address, listener.port)
        places.append((*place, seen[place]))
        seen[place] += 1
    return places
