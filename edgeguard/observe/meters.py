"""What is counted outside of exchanges: connections, handshakes, Redis, and lines that the log lost.

The server and the rooms' owners call these; each is one or two additions to cells looked up at construction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from edgeguard.observe.schema import ACTS, CACHE_EVENTS, ORIGIN_EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edgeguard.observe.cells import Cells


class Losing(Protocol):
    """Something that would rather lose a line than have a request wait."""

    @property
    def dropped(self) -> int:
        """For which there was no room."""

    @property
    def lost(self) -> int:
        """That could not be written."""


class Meters:
    """One worker's meters."""

    __slots__ = ("_accepted", "_cells", "_handshakes", "_open", "_redis", "_values")

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._values = cells.values
        self._open = cells.index("edgeguard_connections_open")
        self._accepted = cells.index("edgeguard_connections_accepted_total")
        self._handshakes = {
            True: cells.index("edgeguard_tls_handshakes_total", "done"),
            False: cells.index("edgeguard_tls_handshakes_total", "failed"),
        }
        self._redis: bool | None = None

    def connection_opened(self) -> None:
        """A client's connection was accepted and will be served."""
        self._values[self._accepted] += 1.0
        self._values[self._open] += 1.0

    def connection_closed(self) -> None:
        """A connection that was opened is gone."""
        self._values[self._open] -= 1.0

    def connection_refused(self, why: str) -> None:
        """A connection was closed unserved; `why` is `full`, `address` or `descriptors`."""
        self._cells.add("edgeguard_connections_refused_total", why)

    def handshake(self, *, done: bool) -> None:
        """A TLS handshake ended."""
        self._values[self._handshakes[done]] += 1.0

    def redis(self, *, up: bool) -> None:
        """Redis can be reached, or not; saying the same again changes nothing."""
        if up is self._redis:
            return
        if self._redis is not None or not up:  # being there from the beginning is no change
            self._cells.add("edgeguard_redis_changes_total", "up" if up else "down")
        self._cells.put("edgeguard_redis_up", value=float(up))
        self._redis = up

    def body_inspected(self, outcome: str) -> None:
        """Where a large body was inspected: one of `schema.INSPECTED`."""
        self._cells.add("edgeguard_inspector_bodies_total", outcome)

    def inspector_died(self) -> None:
        """The inspector is gone, and nobody asked it to go."""
        self._cells.add("edgeguard_inspector_deaths_total")

    def sanction(self, rule: str, act: str, *, shadow: bool) -> None:
        """A sanction began here."""
        self._cells.add("edgeguard_sanctions_total", rule, act, "shadow" if shadow else "enforce")

    def sanctioned(self, act: str, outcome: str) -> None:
        """A request met a sanction: `refused`, `passed` or `shadow`."""
        self._cells.add("edgeguard_sanctioned_requests_total", act, outcome)

    def challenge(self, outcome: str) -> None:
        """A challenge was `shown`, `solved` or `failed`."""
        self._cells.add("edgeguard_challenges_total", outcome)

    def dynamic(self, in_force: Mapping[str, int], counters: int, evicted: int) -> None:
        """Publish what dynamic rules hold."""
        for act in ACTS:
            self._cells.put("edgeguard_sanctions_in_force", act, value=float(in_force.get(act, 0)))
        self._cells.put("edgeguard_dynamic_counters", value=float(counters))
        self._cells.put("edgeguard_dynamic_evicted_total", value=float(evicted))

    def cache(self, counts: Mapping[str, int]) -> None:
        """Publish what the cache has counted since the worker began; names that the schema lacks are left out."""
        for event in CACHE_EVENTS:
            if event in counts:
                self._cells.put("edgeguard_cache_events_total", event, value=float(counts[event]))

    def origin(self, counts: Mapping[str, int]) -> None:
        """Publish what the pool has counted since the worker began; names that the schema lacks are left out."""
        for event in ORIGIN_EVENTS:
            if event in counts:
                self._cells.put("edgeguard_origin_connections_total", event, value=float(counts[event]))

    def log_lines(self, log: str, sink: Losing) -> None:
        """Publish what a log has lost so far; call it now and then, and at the end. `log` is one of the schema's."""
        self._cells.put("edgeguard_log_lines_dropped_total", log, "full", value=float(sink.dropped))
        self._cells.put("edgeguard_log_lines_dropped_total", log, "failed", value=float(sink.lost))
