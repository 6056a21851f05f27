from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe import totals as module
from edgeguard.observe.cells import Cells, cells_path
from edgeguard.observe.layout import Layout, Names, layout_path
from edgeguard.observe.totals import read_cells, read_totals, retire, worker_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

BYTES = ("edgeguard_sent_bytes_total", ())
OPEN = ("edgeguard_connections_open", ())
REDIS = ("edgeguard_redis_up", ())


def total(runtime: Path, key: tuple[str, tuple[str, ...]] = BYTES) -> float:
    return read_totals(runtime).series[key][0]


@pytest.fixture
def worker(runtime: Path, layout: Layout, fork: Callable[..., Any]) -> Callable[..., Any]:
    """A process that counts `amount` sent bytes and one open connection."""

    def start(number: int, amount: float, *, stay: bool = True, redis: float | None = None) -> Any:
        def work() -> None:
            cells = Cells(cells_path(runtime, number), layout)
            cells.add("edgeguard_sent_bytes_total", amount=amount)
            cells.add("edgeguard_connections_open")
            if redis is not None:
                cells.put("edgeguard_redis_up", value=redis)

        return fork(work, stay=stay)

    return start


def test_processes_add_up(worker: Callable[..., Any], runtime: Path) -> None:
    for number in range(3):
        worker(number, 10.0**number)
    assert total(runtime) == 111.0
    assert total(runtime, OPEN) == 3.0


def test_what_a_killed_worker_counted_stays(worker: Callable[..., Any], runtime: Path, layout: Layout) -> None:
    worker(1, 5.0)
    killed = worker(2, 7.0)
    assert os.WTERMSIG(killed.end(signal.SIGKILL)) == signal.SIGKILL
    assert total(runtime) == 12.0
    assert retire(cells_path(runtime, 2), layout)
    assert total(runtime) == 12.0
    assert total(runtime, OPEN) == 1.0, "a dead worker has no connections"
    assert worker_files(runtime) == [cells_path(runtime, 1)]


def test_the_worst_worker_tells_whether_redis_is_up(worker: Callable[..., Any], runtime: Path) -> None:
    worker(1, 0, redis=1.0)
    worker(2, 0)
    assert total(runtime, REDIS) == 1.0
    worker(3, 0, redis=0.0)
    assert total(runtime, REDIS) == 0.0


def test_thousands_of_reloads_leave_one_file(runtime: Path, layout: Layout) -> None:
    for number in range(1000):
        cells = Cells(cells_path(runtime, number), layout)
        cells.add("edgeguard_sent_bytes_total")
        cells.close()
        retire(cells.path, layout)
    assert total(runtime) == 1000.0
    assert sorted(path.name for path in runtime.iterdir()) == [f"layout-{layout.digest}.json", "retired"]
    assert len(module._read_retired(runtime).folded) == module.FOLDED_KEPT


@pytest.mark.parametrize("moment", ["before the rename", "before the removal"])
def test_a_crash_while_retiring_counts_nothing_twice(
    moment: str, cells: Cells, runtime: Path, layout: Layout, fork: Callable[..., Any]
) -> None:
    cells.add("edgeguard_sent_bytes_total", amount=9)

    def work() -> None:
        def crash(*_: object, **__: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        target = type(cells.path)
        setattr(target, "replace" if moment == "before the rename" else "unlink", crash)
        retire(cells.path, layout)

    with pytest.raises(AssertionError):  # the child tells nothing, it is dead
        fork(work)
    assert total(runtime) == 9.0
    assert retire(cells.path, layout)
    assert total(runtime) == 9.0
    assert worker_files(runtime) == []


def test_what_is_retired_twice_counts_once(cells: Cells, runtime: Path, layout: Layout) -> None:
    cells.add("edgeguard_sent_bytes_total", amount=9)
    kept = cells.path.read_bytes()
    retire(cells.path, layout)
    cells.path.write_bytes(kept)
    assert total(runtime) == 9.0
    retire(cells.path, layout)
    assert total(runtime) == 9.0
    assert retire(cells.path, layout), "nothing to do is no fault"


def test_a_reader_sees_counters_only_grow_while_workers_come_and_go(
    runtime: Path, layout: Layout, fork: Callable[..., Any]
) -> None:
    def supervise() -> None:
        for number in range(150):
            cells = Cells(cells_path(runtime, number), layout)
            for _ in range(20):
                cells.add("edgeguard_sent_bytes_total")
            retire(cells.path, layout)

    supervisor = fork(supervise, wait=False)
    seen = []
    while not supervisor.is_done():
        now = read_totals(runtime)
        assert now.unreadable == []
        seen.append(now.series.get(BYTES, [0.0])[0])
    assert seen == sorted(seen)
    assert len(set(seen)) > 3, "the reader met the supervisor at work"
    assert total(runtime) == 3000.0


def test_no_double_is_ever_seen_half_written(runtime: Path, layout: Layout, fork: Callable[..., Any]) -> None:
    patterns = (-1.7e308, 3.3e-300)  # no byte in common

    def work() -> None:
        values = Cells(cells_path(runtime, 1), layout).values
        while True:
            for pattern in patterns:
                values[7] = pattern

    fork(work, wait=False)
    while not cells_path(runtime, 1).exists():
        pass
    seen = {cells_value(runtime, layout, 7) for _ in range(300)}
    assert seen <= {0.0, *patterns}
    assert len(seen) > 1


def cells_value(runtime: Path, layout: Layout, index: int) -> float:
    _, series = read_cells(cells_path(runtime, 1), {layout.digest: layout})
    return [value for values in series.values() for value in values][index]


def test_layouts_of_two_generations_add_up(cells: Cells, runtime: Path) -> None:
    key = ("edgeguard_rule_matches_total", ("eg-1", "enforce"))
    cells.add(key[0], *key[1])
    after = Layout.build(Names(rules=("eg-0", "eg-1"), accounts=4))
    after.publish(runtime)
    newer = Cells(cells_path(runtime, 2), after)
    newer.add(key[0], *key[1], amount=2)
    assert total(runtime, key) == 3.0
    retire(cells.path, after)
    assert total(runtime, key) == 3.0
    assert not layout_path(runtime, cells.layout.digest).exists()
    assert layout_path(runtime, after.digest).exists()


def test_series_of_rules_long_gone_fold_into_other(cells: Cells, runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RETIRED_SERIES", 1)
    after = Layout.build(Names(rules=("eg-2",)))
    after.publish(runtime)
    for rule in ("eg-1", "eg-2"):
        cells.add("edgeguard_rule_matches_total", rule, "enforce", amount=4)
    retire(cells.path, after)
    series = read_totals(runtime).series
    assert series["edgeguard_rule_matches_total", ("other", "enforce")] == [4.0]
    assert series["edgeguard_rule_matches_total", ("eg-2", "enforce")] == [4.0]
    assert ("edgeguard_rule_matches_total", ("eg-1", "enforce")) not in series


@pytest.mark.parametrize("content", [b"", b"junk", b"EGCELLS1" + b"\0" * 200])
def test_a_broken_file_is_told_and_can_be_retired(content: bytes, cells: Cells, runtime: Path, layout: Layout) -> None:
    cells.add("edgeguard_sent_bytes_total")
    broken = cells_path(runtime, 99)
    broken.write_bytes(content)
    assert read_totals(runtime).unreadable == ["cells-99"]
    assert total(runtime) == 1.0
    assert not retire(broken, layout)
    assert read_totals(runtime).unreadable == []


def test_a_truncated_file_is_broken(cells: Cells, runtime: Path) -> None:
    short = cells_path(runtime, 2)
    short.write_bytes(cells.path.read_bytes()[:-8])
    assert read_totals(runtime).unreadable == ["cells-2"]
