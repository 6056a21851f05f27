"""The command line's way to what is in force: Redis where edges share it, else the book of the edge that runs here."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from edgeguard.dynamic.book import Book
from edgeguard.dynamic.shared import Exchange
from edgeguard.redislink import RedisLink

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from edgeguard.config.model import Redis
    from edgeguard.dynamic.model import Sanction


class Store(Protocol):
    """Where sanctions are."""

    async def read(self) -> list[Sanction]:
        """All of them, those that are over among them.

        Raises:
            Gone: it can't be reached.
        """
        ...

    async def write(self, sanctions: Sequence[Sanction]) -> None:
        """Put some in force everywhere that looks there.

        Raises:
            Gone: it can't be reached.
        """
        ...


class Gone(Exception):
    """The store can't be reached; the text says why, and what to do."""


class BookStore:
    """The book of one edge."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return f"the edge whose book is {self._path}"

    async def read(self) -> list[Sanction]:
        """See `Store`."""
        book = self._open()
        try:
            return book.all()
        finally:
            book.close()

    async def write(self, sanctions: Sequence[Sanction]) -> None:
        """See `Store`."""
        book = self._open()
        try:
            book.put(sanctions, time.time(), wait=True)
        finally:
            book.close()

    def _open(self) -> Book:
        if not self._path.exists():
            raise Gone(f"{self._path} is not there; does the edge run, with `dynamic.mode` other than off?")
        try:
            return Book(self._path)
        except (OSError, ValueError) as error:
            raise Gone(f"{self._path}: {error}; run this as the edge's user or as root") from error


class RedisStore:
    """What all edges share."""

    def __init__(self, settings: Redis) -> None:
        # A person waits longer than a request.
        self._settings = settings.model_copy(update={"timeout_ms": 1000.0})

    def __str__(self) -> str:
        return "all edges, through Redis"

    async def read(self) -> list[Sanction]:
        """See `Store`."""
        link = await self._link()
        try:
            found = await Exchange(link).news()
        finally:
            await link.close()
        if found is None:
            raise Gone(f"Redis gives no answer ({link.why})")
        return found

    async def write(self, sanctions: Sequence[Sanction]) -> None:
        """See `Store`."""
        link = await self._link()
        try:
            done = await Exchange(link).tell(sanctions)
        finally:
            await link.close()
        if not done:
            raise Gone(f"Redis gives no answer ({link.why})")

    async def _link(self) -> RedisLink:
        link = RedisLink(self._settings)
        await link.start()
        if not link.up:
            why = link.why
            await link.close()
            raise Gone(f"Redis does not answer at {link.address}: {why}")
        return link
