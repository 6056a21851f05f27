from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.meters import Meters
from edgeguard.observe.schema import INSPECTED, ORIGIN_EVENTS
from edgeguard.observe.sink import Sink

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.observe.cells import Cells


@pytest.fixture
def meters(cells: Cells) -> Meters:
    return Meters(cells)


def value(cells: Cells, name: str, *labels: str) -> float:
    return cells.values[cells.index(name, *labels)]


def test_connections(cells: Cells, meters: Meters) -> None:
    for _ in range(3):
        meters.connection_opened()
    meters.connection_closed()
    meters.connection_refused("full")
    meters.connection_refused("a mood")
    assert value(cells, "edgeguard_connections_open") == 2
    assert value(cells, "edgeguard_connections_accepted_total") == 3
    assert value(cells, "edgeguard_connections_refused_total", "full") == 1
    assert value(cells, "edgeguard_connections_refused_total", "other") == 1


def test_handshakes(cells: Cells, meters: Meters) -> None:
    meters.handshake(done=True)
    meters.handshake(done=False)
    meters.handshake(done=False)
    assert value(cells, "edgeguard_tls_handshakes_total", "done") == 1
    assert value(cells, "edgeguard_tls_handshakes_total", "failed") == 2


def test_redis_changes_are_counted_when_it_changes(cells: Cells, meters: Meters) -> None:
    for up in (True, True, False, False, True):
        meters.redis(up=up)
    assert value(cells, "edgeguard_redis_up") == 1
    assert value(cells, "edgeguard_redis_changes_total", "down") == 1
    assert value(cells, "edgeguard_redis_changes_total", "up") == 1


def test_redis_down_from_the_beginning_is_a_change(cells: Cells, meters: Meters) -> None:
    meters.redis(up=False)
    assert value(cells, "edgeguard_redis_up") == 0
    assert value(cells, "edgeguard_redis_changes_total", "down") == 1


def test_inspectors(cells: Cells, meters: Meters) -> None:
    for outcome in (*INSPECTED, "late"):
        meters.body_inspected(outcome)
    meters.inspector_died()
    assert [value(cells, "edgeguard_inspector_bodies_total", outcome) for outcome in INSPECTED] == [1, 1, 1, 1, 2, 1]
    assert value(cells, "edgeguard_inspector_deaths_total") == 1


def test_the_caches_own_counts_are_published_as_they_stand(cells: Cells, meters: Meters) -> None:
    for stores in (3, 5):
        meters.cache({"stores": stores, "unheard_of": 9})
    assert value(cells, "edgeguard_cache_events_total", "stores") == 5
    assert value(cells, "edgeguard_cache_events_total", "other") == 0


def test_what_a_log_lost(cells: Cells, meters: Meters, tmp_path: Path) -> None:
    sink = Sink(str(tmp_path / "log"), 1)
    for _ in range(3):
        sink.put(b"x\n")
    for _ in range(2):
        meters.log_lines("access", sink)
    sink.close()
    assert value(cells, "edgeguard_log_lines_dropped_total", "access", "full") == 2
    assert value(cells, "edgeguard_log_lines_dropped_total", "access", "failed") == 0


def test_origin_publishes_what_the_schema_has(cells: Cells) -> None:
    Meters(cells).origin({"opened": 3, "reused": 7, "closed": 1, "ejections": 2, "waiting": 5})
    told = {event: cells.values[cells.index("edgeguard_origin_connections_total", event)] for event in ORIGIN_EVENTS}
    assert told == {"opened": 3.0, "reused": 7.0, "closed": 1.0, "ejections": 2.0}
