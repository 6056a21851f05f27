"""JSON bodies: each key and each scalar, wherever it stands. A value's name is its path: keys joined by dots, no indices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.json_values


def keys(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.json_keys


def paths(seen: Seen) -> list[Pair]:
    withheld = () if seen.content is None else [field.path for field in seen.content.json_fields]
    return [(name, name) for name in dict.fromkeys((*(name for name, _ in values(seen)), *withheld))]


FAMILY = Family(
    extractors={Source.JSON_KEY: keys, Source.JSON_PATH: paths, Source.JSON_VALUE: values},
    kinds=(
        Kind("http.request.json.keys", (Source.JSON_KEY,), "keys of all objects"),
        Kind("http.request.json.paths", (Source.JSON_PATH,), "where scalars stand, each place once: `user.name`"),
        Kind("http.request.json.values", (Source.JSON_VALUE,), "scalars, by path: `:user.name`", keyed=True),
    ),
)
