"""Where sanctions of this process meet those of others: the edge's book, and Redis where edges share them.

Neither is ever waited for. What the book has is seen before the next request is admitted; what can't be written just now, because
another process is writing, is written a moment later. With Redis away the edge goes on with its book, and tells Redis later.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.dynamic.book import Book
    from edgeguard.dynamic.engine import Dynamic
    from edgeguard.dynamic.model import Sanction


class Wire(Protocol):
    """The way to other edges."""

    def send(self, sanction: Sanction) -> None:
        """Tell them of one, when they can be reached."""
        ...


class Desk:
    """One worker's.

    Args:
        dynamic: the worker's engine.
        book: the edge's; None where each worker is alone.
        on_news: told of each sanction that came from elsewhere and was new.
    """

    __slots__ = ("_book", "_dynamic", "_on_news", "_owed", "wire")

    def __init__(self, dynamic: Dynamic, book: Book | None, on_news: Callable[[Sanction], None] | None = None) -> None:
        self._dynamic = dynamic
        self._book = book
        self._on_news = on_news
        self._owed: list[Sanction] = []
        self.wire: Wire | None = None

    def catch_up(self, now: float) -> None:
        """Take in what others have written into the book; costs nothing where there is nothing."""
        book = self._book
        if book is not None and book.changed:
            for sanction in book.news():
                if self._dynamic.learn(sanction, now):
                    self._told(sanction)

    def began(self, sanctions: Sequence[Sanction], now: float) -> None:
        """Tell others what this worker has put in force."""
        self._write(sanctions, now)
        if self.wire is not None:
            for sanction in sanctions:
                self.wire.send(sanction)

    def heard(self, sanction: Sanction, now: float) -> None:
        """Another edge, or a person, has told Redis; the book gets it for workers to come."""
        if self._dynamic.learn(sanction, now):
            self._write([sanction], now)
            self._told(sanction)

    def tick(self, now: float) -> list[Sanction]:
        """Call it some times a second: write what is owed, and forget what is over; what is in force."""
        self.catch_up(now)
        if self._owed:
            owed, self._owed = self._owed, []
            self._write(owed, now)
        return self._dynamic.sweep(now)

    def _write(self, sanctions: Sequence[Sanction], now: float) -> None:
        if self._book is not None and not self._book.put(sanctions, now):
            self._owed += sanctions

    def _told(self, sanction: Sanction) -> None:
        if self._on_news is not None:
            self._on_news(sanction)
