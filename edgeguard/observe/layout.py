"""Which cell belongs to which series: computed before the fork, equal in every process that computes it.

A layout is a list of blocks in the schema's order. A counter or gauge is one cell; a histogram is one cell a bucket, one for
+Inf, and one for the sum, so that its count is the sum of its buckets and can't disagree with them.
"""

from __future__ import annotations

import hashlib
import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import orjson

from edgeguard.observe.roster import slot_label
from edgeguard.observe.schema import BY_NAME, OTHER, REASON_SLOTS, SCHEMA, Label, Metric

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

Labels = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """What is known when rules and config are loaded.

    Attributes:
        accounts: how many accounts get a label of their own.
    """

    rules: tuple[str, ...] = ()
    packs: tuple[str, ...] = ()
    exclusions: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    accounts: int = 100


def width(metric: Metric) -> int:
    """Cells of one series."""
    return len(metric.buckets) + 2 if metric.kind == "histogram" else 1


def _values(label: Label, names: Names) -> list[str]:
    values = list(label.values)
    if label.known:
        values += getattr(names, label.known)
    if label.roll:
        slots = names.accounts if label.roll == "accounts" else REASON_SLOTS
        values += [slot_label(slot) for slot in range(slots)]
    return list(dict.fromkeys([*values, OTHER]))


class Series(dict[Labels, int]):
    """One metric's series, each as the index of its first cell. Asking for labels that it lacks gives those of `other`."""

    __slots__ = ("_columns",)

    def __missing__(self, labels: Labels) -> int:
        folded = self.fold(labels)
        if folded not in self:
            raise KeyError(labels)
        return self[folded]

    def fold(self, labels: Labels) -> Labels:
        """`labels` with `other` in place of each value that no series here has."""
        if not hasattr(self, "_columns"):
            self._columns = [set(column) for column in zip(*self, strict=True)]
        return tuple(value if value in column else OTHER for value, column in zip(labels, self._columns, strict=False))


@dataclass(frozen=True, slots=True)
class Layout:
    """The index of every series.

    Attributes:
        size: cells in all.
        digest: 32 hexadecimal digits that tell layouts apart.
    """

    tables: dict[str, Series]
    size: int
    digest: str
    _sidecar: bytes = field(repr=False)

    @classmethod
    def build(cls, names: Names, schema: Iterable[Metric] = SCHEMA) -> Layout:
        """Lay the schema out for these names."""
        series = [
            (metric.name, list(labels), width(metric))
            for metric in schema
            if metric.cells
            for labels in itertools.product(*(_values(label, names) for label in metric.labels))
        ]
        return cls._from_series(orjson.dumps(series))

    @classmethod
    def read(cls, path: Path) -> Layout:
        """The layout that `publish` wrote.

        Raises:
            OSError: there is no such file.
            ValueError: it is no layout.
        """
        return cls._from_series(path.read_bytes())

    @classmethod
    def _from_series(cls, sidecar: bytes) -> Layout:
        tables: dict[str, Series] = {}
        at = 0
        for name, labels, cells in orjson.loads(sidecar):
            tables.setdefault(name, Series())[tuple(labels)] = at
            at += cells
        return cls(tables, at, hashlib.sha256(sidecar).hexdigest()[:32], sidecar)

    def publish(self, runtime: Path) -> Path:
        """Write the description that readers need, once, before the first worker that uses it."""
        path = layout_path(runtime, self.digest)
        if not path.exists():
            unfinished = path.with_suffix(".new")
            unfinished.write_bytes(self._sidecar)
            unfinished.replace(path)
        return path

    def index(self, name: str, *labels: str) -> int:
        """The first cell of a series; each label value that the layout lacks becomes `other`.

        Raises:
            KeyError: there is no such metric, or it has another number of labels.
        """
        return self.tables[name][labels]


def layout_path(runtime: Path, digest: str) -> Path:
    """Where the layout of this digest is described."""
    return runtime / f"layout-{digest}.json"


def initial(name: str) -> float:
    """What a cell holds before it is written: NaN where 0 would be taken for a statement."""
    return float("nan") if BY_NAME[name].combine == "min" else 0.0
