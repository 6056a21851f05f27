"""Puts a worker's dynamic rules together: the engine, the edge's book, Redis, challenges; and keeps them going."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.dynamic import Dynamic, naming_of
from edgeguard.dynamic.book import FILE, Book
from edgeguard.dynamic.challenge import Challenger
from edgeguard.dynamic.desk import Desk
from edgeguard.dynamic.login import LoginReader
from edgeguard.dynamic.peers import Peers
from edgeguard.dynamic.shared import Shared
from edgeguard.gateway.watch import Watch
from edgeguard.identity.networks import NetworkSet
from edgeguard.observe.log import get_logger
from edgeguard.redislink import RedisLink

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.clock import Clock
    from edgeguard.dynamic.model import Sanction
    from edgeguard.gateway.vouching import Voucher
    from edgeguard.observe.meters import Meters
    from edgeguard.server.blueprint import Blueprint

log = get_logger("worker")

TURN_SECONDS = 0.2  # how often what came from elsewhere is looked for where no request does, and Redis is asked
HOUSE_TURNS = 5  # turns from one look at what is over to the next


class Watching:
    """A worker's.

    Args:
        blueprint: rules, settings and key.
        runtime: the edge's runtime directory, where the book lies unless it is configured.
        number: of this worker, under which others find what it counts.
        meters: this worker's.
        clock: its wall reading counts.
        told: whether somebody else tells of Redis's coming and going.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        runtime: Path,
        number: int,
        meters: Meters,
        clock: Clock,
        on_redis: Callable[[bool, str], None] | None,
    ) -> None:
        config = blueprint.config
        settings = config.dynamic
        naming = naming_of(config, blueprint.key)
        self._settings = settings
        self._meters = meters
        self._wall = clock.wall
        self._secrets = [secret.get_secret_value().encode() for secret in settings.challenge.keys] or [blueprint.key]
        self._prefix6 = config.limits.ipv6_prefix
        self.dynamic = Dynamic(
            blueprint.dynamic,
            naming,
            room=settings.counters,
            sanctions=settings.sanctions,
            never=NetworkSet(settings.never) if settings.never else None,
            shadow=settings.mode == "shadow",
        )
        self._logins = LoginReader(settings.login, naming.hasher)
        self._book = self._open(book_path(settings.book, runtime))
        self._desk = Desk(self.dynamic, self._book, self._told)
        self._link: RedisLink | None = None
        self._shared: Shared | None = None
        if settings.store == "redis" and config.redis is not None:
            # Nothing on the request path waits for it, so it may take as long as the cache may.
            patient = config.redis.model_copy(update={"timeout_ms": config.redis.cache_timeout_ms})
            self._link = RedisLink(patient, on_redis)
            self._shared = Shared(self._link, self.dynamic, self._desk, clock.wall)
            self._desk.wire = self._shared
        self._peers = self._tell_peers(runtime, number)
        self.dynamic.tallies = tuple(tally for tally in (self._peers, self._shared) if tally is not None)
        self._task: asyncio.Task[None] | None = None
        self._watch: Watch | None = None

    def watch(self, voucher: Voucher | None) -> Watch:
        """What the gateway asks."""
        challenge = self._settings.challenge
        challenger = Challenger(
            self._secrets,
            bits=challenge.bits,
            solve_seconds=challenge.solve_seconds,
            valid_seconds=challenge.valid_seconds,
            prefix4=challenge.ipv4_prefix,
            prefix6=self._prefix6,
        )
        self._watch = Watch(self.dynamic, self._desk, challenger, self._logins, self._settings, self._meters, self._wall, voucher)
        if self._shared is not None:
            self._shared.on_begun = self._watch.began
        return self._watch

    async def start(self) -> None:
        """Know what is in force, and begin to keep house."""
        self._desk.tick(self._wall())
        if self._link is not None:
            await self._link.start()
        if self._shared is not None:
            await self._shared.turn()
        if self._peers is not None:
            self._peers.look_around()
        self._task = asyncio.get_running_loop().create_task(self._keep_house(), name="dynamic-rules")

    async def close(self) -> None:
        """Tell what is owed, and end."""
        if self._task is not None:
            self._task.cancel()
        self._desk.tick(self._wall())
        if self._shared is not None:
            await self._shared.turn()
        if self._link is not None:
            await self._link.close()
        if self._peers is not None:
            self._peers.close()
        if self._book is not None:
            self._book.close()

    async def _keep_house(self) -> None:
        turn = 0
        while True:
            await asyncio.sleep(TURN_SECONDS)
            turn += 1
            self._desk.catch_up(self._wall())
            if self._peers is not None:
                self._peers.turn(self._wall())
            if self._shared is not None:
                await self._shared.turn()
            if turn % HOUSE_TURNS == 0:
                self._count(self._desk.tick(self._wall()))
                if self._peers is not None:
                    self._peers.look_around()

    def _count(self, in_force: list[Sanction]) -> None:
        self._meters.dynamic(Counter(sanction.act for sanction in in_force), *self.dynamic.counters)

    def _open(self, path: Path) -> Book | None:
        try:
            return Book(path, self._settings.sanctions)
        except (OSError, ValueError) as error:
            log.warning("there is no book of sanctions; each worker knows of its own only", why=str(error))
            return None

    def _tell_peers(self, runtime: Path, number: int) -> Peers | None:
        try:
            return Peers(runtime, number, self.dynamic)
        except OSError as error:
            log.warning("other workers can't be told what this one counts", why=error.strerror)
            return None

    def _told(self, sanction: Sanction) -> None:
        """A person's order is worth a line; what other workers begin, they tell themselves."""
        if sanction.hard:
            lifted = sanction.until <= sanction.began
            log.info("lifted by hand" if lifted else "ordered by hand", act=sanction.act, subject=str(sanction.subject))


def book_path(setting: str, runtime: Path) -> Path:
    """Where the book lies."""
    return runtime / FILE if setting == "auto" else Path(setting)
