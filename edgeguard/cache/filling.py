"""A response's body, collected on the side while it goes to the client. Only a complete one is ever stored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Room:
    """Bytes that all bodies being collected may take together.

    Args:
        most: bytes in all.
        object_most: bytes of one body.
    """

    __slots__ = ("most", "object_most", "taken")

    def __init__(self, most: int, object_most: int) -> None:
        self.most = most
        self.object_most = object_most
        self.taken = 0


class Filling:
    """Collects one body; call `finish` at its proper end, else `drop`. What is called after that does nothing.

    Args:
        room: shared by all fillings.
        length: the body's length as its Content-Length says, or None.
        done: called once, with the complete body, or None where there will be none.
    """

    __slots__ = ("_done", "_length", "_pieces", "_room", "_size")

    def __init__(self, room: Room, length: int | None, done: Callable[[bytes | None], None]) -> None:
        self._room = room
        self._length = length
        self._done: Callable[[bytes | None], None] | None = done
        self._pieces: list[bytes] = []
        self._size = 0

    @property
    def open(self) -> bool:
        """False once it is stored or given up; further pieces need not be written."""
        return self._done is not None

    def write(self, piece: bytes) -> None:
        """Keep the next piece; gives the body up when it grows too large, alone or together with the others."""
        if self._done is None:
            return
        room = self._room
        size = len(piece)
        self._size += size
        room.taken += size
        self._pieces.append(piece)
        if self._size > room.object_most or room.taken > room.most:
            self.drop()

    def finish(self) -> None:
        """The body is complete: store it, unless it is not as long as the origin said."""
        if self._length is not None and self._length != self._size:
            self.drop()
            return
        pieces = self._pieces
        self._end(pieces[0] if len(pieces) == 1 else b"".join(pieces))

    def drop(self) -> None:
        """The body was cut short, or is not wanted: nothing is stored."""
        self._end(None)

    def _end(self, body: bytes | None) -> None:
        done, self._done = self._done, None
        if done is not None:
            self._room.taken -= self._size
            self._pieces.clear()
            done(body)

    def __del__(self) -> None:
        # A filling that was forgotten must not keep its share of the room.
        if self._done is not None:
            self.drop()

    def __repr__(self) -> str:
        return f"Filling({self._size} bytes, {'open' if self.open else 'closed'})"
