"""What all workers have counted together: those that live, those that died, and those that a reload replaced.

Every worker has a file of cells. When it is gone, `retire` folds its counters into one file called `retired` and removes
its own, so that thousands of reloads leave as many files as there are workers. Three rules make the sum exact:

1. `retired` names the identity of each file folded into it, and both change in one rename.
2. A file whose identity stands there is not counted again, whether or not it could be removed before a crash.
3. Readers look at the workers' files first and at `retired` last, so that what moves meanwhile is seen, and seen once.
"""

from __future__ import annotations

import contextlib
import math
import mmap
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import orjson

from edgeguard.observe.cells import HEADER_BYTES, Header
from edgeguard.observe.layout import Labels, Layout, layout_path, width
from edgeguard.observe.schema import BY_NAME

if TYPE_CHECKING:
    from pathlib import Path

FOLDED_KEPT: Final = 256  # identities; only a reader slower than so many deaths could count one twice
RETIRED_SERIES: Final = 20_000  # then series of rules and policies that no longer exist are folded into `other`

Sums = dict[tuple[str, Labels], list[float]]


@dataclass(slots=True)
class Totals:
    """One reading.

    Attributes:
        series: cells by metric and labels; a slot of a roster still has its number for a label.
        unreadable: files that could not be understood, by name.
    """

    series: Sums = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Retired:
    folded: list[str]
    series: Sums


def worker_files(runtime: Path) -> list[Path]:
    """The workers' files of cells, in no order."""
    return list(runtime.glob("cells-*"))


def read_totals(runtime: Path) -> Totals:
    """Add up everything in `runtime`. May run at any time, beside writers and beside `retire`."""
    totals = Totals()
    layouts: dict[str, Layout] = {}
    live: dict[str, Sums] = {}
    for path in worker_files(runtime):
        try:
            header, series = read_cells(path, layouts)
        except FileNotFoundError:  # retired since the folder was listed
            continue
        except (OSError, ValueError):
            if path.exists():  # else it was retired meanwhile, and its layout with it
                totals.unreadable.append(path.name)
            continue
        live[header.identity] = series
    retired = _read_retired(runtime)
    totals.series = retired.series
    for identity, series in live.items():
        if identity not in retired.folded:
            _add(totals.series, series)
    return totals


def read_cells(path: Path, layouts: dict[str, Layout]) -> tuple[Header, Sums]:
    """One worker's cells; `layouts` keeps those that were read.

    Raises:
        OSError: the file or its layout is not there.
        ValueError: it holds something else.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:
        header = Header.unpack(memory[:HEADER_BYTES])
        layout = layouts.get(header.digest)
        if layout is None:
            layout = layouts[header.digest] = _read_layout(path.parent, header.digest)
        if len(memory) != HEADER_BYTES + 8 * layout.size:
            raise ValueError(f"{path.name} has {len(memory)} bytes, its layout {layout.size} cells")
        # Mapped rather than read: a double is then taken in one load, as it was stored.
        with memoryview(memory)[HEADER_BYTES:] as raw, raw.cast("d") as cells:
            values: list[float] = list(map(float, cells.tolist()))
    series: Sums = {}
    for name, table in layout.tables.items():
        cells_each = width(BY_NAME[name])
        for labels, at in table.items():
            series[name, labels] = values[at : at + cells_each]
    return header, series


def _read_layout(runtime: Path, digest: str) -> Layout:
    if not digest.isalnum():  # it becomes part of a file's name
        raise ValueError("a header without a digest")
    try:
        return Layout.read(layout_path(runtime, digest))
    except FileNotFoundError as error:
        raise ValueError(f"no layout {digest}") from error


def _add(sums: Sums, more: Sums) -> None:
    for key, values in more.items():
        mine = sums.get(key)
        if mine is None or len(mine) != len(values):
            sums[key] = values
        elif BY_NAME[key[0]].combine == "min":
            sums[key] = [_least(mine[0], values[0])]
        else:
            sums[key] = [a + b for a, b in zip(mine, values, strict=True)]


def _least(a: float, b: float) -> float:
    """The smaller one; NaN, which says nothing was set, gives way."""
    if math.isnan(a) or b < a:
        return b
    return a


def retire(path: Path, current: Layout) -> bool:
    """Fold a dead worker's counters into `retired` and remove its file. Gauges go with the worker.

    Only the supervisor calls this, one at a time, after it has reaped the worker. After a crash at any point it may be called
    again.

    Args:
        path: the worker's file.
        current: the layout of the workers that run; descriptions of layouts that nobody uses any more are removed.

    Returns:
        False where the file could not be understood and was removed unread.

    Raises:
        OSError: the runtime directory can't be written; the file is then still there and still counted.
    """
    runtime = path.parent
    understood = True
    try:
        header, series = read_cells(path, {})
    except FileNotFoundError:
        return True
    except ValueError:
        understood = False
    else:
        retired = _read_retired(runtime)
        if header.identity not in retired.folded:
            _add(retired.series, {key: values for key, values in series.items() if _lasting(key[0], values)})
            retired.folded = [*retired.folded, header.identity][-FOLDED_KEPT:]
            if len(retired.series) > RETIRED_SERIES:
                retired.series = _folded_into(current, retired.series)
            _write_retired(runtime, retired)
    path.unlink(missing_ok=True)
    _remove_unused_layouts(runtime, current)
    return understood


def _lasting(name: str, values: list[float]) -> bool:
    return BY_NAME[name].kind != "gauge" and any(values)


def _folded_into(current: Layout, series: Sums) -> Sums:
    """`series` in the terms of `current`: sums stay, series that it lacks become those of `other`."""
    folded: Sums = {}
    for (name, labels), values in series.items():
        table = current.tables[name]
        _add(folded, {(name, labels if labels in table else table.fold(labels)): values})
    return folded


def _retired_path(runtime: Path) -> Path:
    return runtime / "retired"


def _read_retired(runtime: Path) -> _Retired:
    try:
        stored = orjson.loads(_retired_path(runtime).read_bytes())
    except FileNotFoundError:
        return _Retired([], {})
    return _Retired(stored["folded"], {(name, tuple(labels)): values for name, labels, values in stored["series"]})


def _write_retired(runtime: Path, retired: _Retired) -> None:
    path = _retired_path(runtime)
    unfinished = runtime / "new-retired"
    series = [(name, labels, values) for (name, labels), values in retired.series.items()]
    unfinished.write_bytes(orjson.dumps({"folded": retired.folded, "series": series}))
    unfinished.replace(path)


def _remove_unused_layouts(runtime: Path, current: Layout) -> None:
    used = {current.digest}
    for path in worker_files(runtime):
        with contextlib.suppress(OSError, ValueError), path.open("rb") as file:
            used.add(Header.unpack(file.read(HEADER_BYTES)).digest)
    for path in runtime.glob("layout-*.json"):
        if path.stem.removeprefix("layout-") not in used:
            path.unlink(missing_ok=True)
