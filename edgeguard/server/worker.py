"""One worker process: an event loop, its rooms, its listeners; from the fork to the last connection's end."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import signal
from typing import TYPE_CHECKING

import uvloop

from edgeguard.cache.shared import Cache
from edgeguard.clock import SystemClock
from edgeguard.gateway.admit import Admission
from edgeguard.gateway.answer import Answerer
from edgeguard.gateway.exchange import Gateway, Rooms
from edgeguard.gateway.harden import Hardener
from edgeguard.gateway.routes import RouteTable
from edgeguard.gateway.screen import Screen
from edgeguard.gateway.vouching import Voucher
from edgeguard.identity.account import Identifier
from edgeguard.identity.forwardable import ForwardFilter
from edgeguard.identity.learned import Learned, learned_slots
from edgeguard.limits import make_limiter
from edgeguard.observe import log as logs
from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.meters import Meters
from edgeguard.observe.record import Recorder
from edgeguard.observe.samples.sampler import Sampler
from edgeguard.observe.sink import Sink
from edgeguard.origin.pool import Pool
from edgeguard.redislink import RedisLink
from edgeguard.server.connection import ClientConnection
from edgeguard.server.fleet import READY
from edgeguard.server.inspection import Inspectors
from edgeguard.server.inspector import receive
from edgeguard.server.listener import Census, Listener
from edgeguard.server.tls import server_context
from edgeguard.server.watching import Watching
from edgeguard.waf.warmup import warm

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator
    from pathlib import Path

    from edgeguard.observe.layout import Layout
    from edgeguard.server.blueprint import Blueprint
    from edgeguard.server.inspector import Inspecting

log = logs.get_logger("worker")

# While draining, connections without a request stay open so long: a client that is just sending its next one gets an answer.
IDLE_GRACE_SECONDS = 2.0
_HOUSEKEEPING_SECONDS = 1.0


class Worker:
    """See the module.

    Args:
        sockets: listening, in the order of the configuration's listeners.
        cells: where this worker counts.
        own: where its own log goes, for counting what it loses; None where somebody else does.
        inspecting: the inspector beside this worker; None where large bodies are inspected as all others are.
    """

    def __init__(
        self,
        blueprint: Blueprint,
        sockets: list[socket.socket],
        cells: Cells,
        own: Sink | None = None,
        inspecting: Inspecting | None = None,
    ) -> None:
        config = blueprint.config
        self._config = config
        self._blueprint = blueprint
        self._sockets = sockets
        self._meters = Meters(cells)
        self._clock = SystemClock()
        self._access = _sink(config.observe.access_log, config.observe.queue)
        same = config.observe.event_log == config.observe.access_log
        self._events = self._access if same else _sink(config.observe.event_log, config.observe.queue)
        self._own = own
        self._recorder = Recorder(cells, self._access, self._events, config.observe, blueprint.version.label)
        samples = config.observe.samples
        self._sampler = Sampler(samples) if samples is not None else None
        self._counting, self._storing = self._links()
        self._listeners: list[Listener] = []
        self._inspecting = inspecting
        self._inspectors = Inspectors(blueprint.ruleset, self._meters) if inspecting is not None else None
        self._watching = self._dynamic(cells.path)
        self._cache: Cache | None = None
        self._pool: Pool | None = None
        self._stop = asyncio.Event()

    async def run(self, ready: int) -> None:
        """Serve until SIGTERM, then finish what was begun.

        Args:
            ready: descriptor to write READY to once connections are accepted.
        """
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._stop.set)
        loop.add_signal_handler(signal.SIGUSR1, self._reopen)
        for sink in self._sinks():
            sink.start()
        if self._sampler is not None:
            self._sampler.start()
        links = [link for link in (self._counting, self._storing) if link is not None]
        await asyncio.gather(*(link.start() for link in links))
        if self._watching is not None:
            await self._watching.start()
        pool = Pool(self._config.origin, self._clock)
        screen = Screen(self._blueprint.ruleset, self._inspectors)
        cache = Cache(self._config.cache, self._clock, self._storing, self._prefix(screen))
        answerer = Answerer(cache, pool, ForwardFilter(self._config.identity), screen)
        self._cache, self._pool = cache, pool
        if self._inspectors is not None and self._inspecting is not None:
            await self._inspectors.connect(self._inspecting)
        warm(self._blueprint.ruleset)
        self._listen(Gateway(self._rooms(answerer)), loop)
        os.write(ready, READY)
        with self._replacing(ready):
            housekeeping = loop.create_task(self._keep_house())
            await self._stop.wait()
            await self._drain()
        housekeeping.cancel()
        if self._inspectors is not None:
            self._inspectors.close()
        await answerer.close()
        await pool.close()
        await asyncio.gather(*(link.close() for link in links))
        if self._watching is not None:
            await self._watching.close()
        if self._sampler is not None:
            self._sampler.close()
        for sink in self._sinks():
            sink.close()
        self._count_lost()

    @contextlib.contextmanager
    def _replacing(self, channel: int) -> Iterator[None]:
        """Take other inspectors from the supervisor meanwhile, in the place of those that die."""
        inspectors, loop = self._inspectors, asyncio.get_running_loop()
        connecting: set[asyncio.Task[None]] = set()

        def take() -> None:
            another = receive(channel)
            if another is None:  # the supervisor is gone
                loop.remove_reader(channel)
            elif inspectors is not None:
                task = loop.create_task(inspectors.connect(another))
                connecting.add(task)
                task.add_done_callback(connecting.discard)

        if inspectors is not None:
            loop.add_reader(channel, take)
        try:
            yield
        finally:
            loop.remove_reader(channel)
            os.close(channel)

    def _links(self) -> tuple[RedisLink | None, RedisLink | None]:
        """One connection to Redis for limits and one for the cache: a large answer on its way must not make a limit late."""
        config, redis = self._config, self._config.redis
        if redis is None:
            return None, None
        counting = RedisLink(redis, self._redis_changed) if config.limits.store == "redis" else None
        patient = redis.model_copy(update={"timeout_ms": redis.cache_timeout_ms})
        told = self._redis_changed if counting is None else None
        return counting, RedisLink(patient, told) if config.cache.redis else None

    def _dynamic(self, cells: Path) -> Watching | None:
        """Dynamic rules; what people order holds even where there are none."""
        if self._config.dynamic.mode == "off":
            return None
        told = self._redis_changed if self._counting is None and self._storing is None else None
        number = int(cells.name.rpartition("-")[2])
        return Watching(self._blueprint, cells.parent, number, self._meters, self._clock, told)

    def _prefix(self, screen: Screen) -> str:
        """Of the cache's keys. What other rules let through is not served where rules look at responses."""
        prefix = self._config.redis.prefix if self._config.redis is not None else "eg"
        return f"{prefix}:{self._blueprint.ruleset.digest[:16]}" if screen.wanted else prefix

    def _rooms(self, answerer: Answerer) -> Rooms:
        config = self._config
        # A random key is this edge's own: buckets in Redis are shared under it by no other.
        key = self._blueprint.key if config.identity.key or config.identity.key_file else None
        voucher = self._voucher()
        return Rooms(
            clock=self._clock,
            identifier=Identifier(config.identity, self._blueprint.key, self._clock),
            routes=RouteTable(config),
            admission=Admission(config.admit),
            limiter=make_limiter(config.limits, self._clock, self._counting, key),
            ruleset=self._blueprint.ruleset,
            waf=config.waf,
            answerer=answerer,
            hardener=Hardener(config.harden),
            recorder=self._recorder,
            inspector=self._inspectors,
            voucher=voucher,
            watch=self._watching.watch(voucher) if self._watching is not None else None,
            sampler=self._sampler,
        )

    def _voucher(self) -> Voucher | None:
        """Who learns which credentials the origin knows; None where nothing depends on it."""
        content, profiles = self._config.waf.content, self._blueprint.ruleset.editorial.profiles
        if not (content.learn.enabled and profiles):
            return None
        learned = Learned(content.learn, self._blueprint.key, *learned_slots(content.learn), self._clock)
        return Voucher(content.learn, profiles, learned)

    def _listen(self, gateway: Gateway, loop: asyncio.AbstractEventLoop) -> None:
        wire = self._config.wire
        census = Census(wire.connections, wire.connections_per_address, self._config.limits.ipv6_prefix)
        for settings, sock in zip(self._config.listeners, self._sockets, strict=True):
            context = server_context(settings.tls) if settings.tls is not None else None
            scheme = b"https" if context is not None else b"http"
            redirect = settings.redirect_to_https

            def make(listener: Listener, peer: str, scheme: bytes = scheme, redirect: int | None = redirect) -> ClientConnection:
                return ClientConnection(listener, peer, gateway, wire, scheme, loop, redirect)

            listener = Listener(sock, context, make, wire, census, self._meters, loop)
            listener.start()
            self._listeners.append(listener)

    async def _drain(self) -> None:
        """Accept no more, let each connection end with the request it is at, and close what is left at the end of the grace."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        for listener in self._listeners:
            listener.stop()
        while not all(listener.empty for listener in self._listeners):
            elapsed = loop.time() - began
            if elapsed > self._config.drain_seconds:
                break
            if elapsed > IDLE_GRACE_SECONDS:
                for listener in self._listeners:
                    listener.close_idle()
            await asyncio.sleep(0.02)
        for listener in self._listeners:
            listener.abort()
        while not all(listener.empty for listener in self._listeners):  # noqa: ASYNC110 - a few turns of the loop
            await asyncio.sleep(0)  # until each exchange is cancelled, and recorded

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_HOUSEKEEPING_SECONDS)
            self._count_lost()
            if self._cache is not None:
                self._meters.cache(self._cache.stats.as_dict())
            if self._pool is not None:
                self._meters.origin(self._pool.snapshot())

    def _count_lost(self) -> None:
        for name, sink in (("access", self._access), ("event", self._events), ("own", self._own), ("samples", self._sampler)):
            if sink is not None:
                self._meters.log_lines(name, sink)

    def _redis_changed(self, up: bool, why: str) -> None:
        self._meters.redis(up=up)
        if up:
            log.info("Redis answers")
        else:
            log.warning("Redis does not answer; going on without it", why=why)

    def _reopen(self) -> None:
        for sink in self._sinks():
            sink.reopen()

    def _sinks(self) -> list[Sink]:
        return [sink for sink in {id(sink): sink for sink in (self._access, self._events)}.values() if sink is not None]


def _sink(target: str, lines: int) -> Sink | None:
    return None if target == "off" else Sink(target, lines)


def run_worker(
    blueprint: Blueprint,
    sockets: list[socket.socket],
    layout: Layout,
    runtime: Path,
    number: int,
    ready: int,
    inspecting: Inspecting | None = None,
) -> int:
    """The main function of a worker process; returns its exit code.

    `number` was never used before while the supervisor runs; for `ready` see `Worker.run`.
    """
    # The rooms make few cycles; looking for them less often keeps the collector out of requests.
    gc.set_threshold(50_000, 20, 20)
    cells = Cells(cells_path(runtime, number), layout)

    # The worker's own log goes through a queue as the others do, so that a terminal that is not read can't stop the loop.
    own = Sink("stderr", blueprint.config.observe.queue)
    own.start()
    logs.configure(blueprint.config.observe.level, own)

    async def main() -> None:
        await Worker(blueprint, sockets, cells, own, inspecting).run(ready)

    try:
        with contextlib.suppress(KeyboardInterrupt), asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(main())
    finally:
        own.close()
    return 0
