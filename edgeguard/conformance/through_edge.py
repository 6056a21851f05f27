"""Reads from a running edge's logs which rules matched for an answer: the answer's request id stands in both."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from edgeguard.conformance.edge import field
from edgeguard.conformance.log_line import log_line

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edgeguard.conformance.cases import Outcome


class Logs:
    """What an edge noted, by request id; it must have written its logs to the end."""

    def __init__(self, access: Path, events: Path) -> None:
        self._requests: dict[str, dict[str, Any]] = {item["id"]: item for item in _lines(access)}
        self._matches: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for item in _lines(events):
            self._matches[item.get("id", "")] += item.get("matches", ())

    def complete(self, outcome: Outcome) -> Outcome:
        """The outcome of a sent request, with what the edge noted of it."""
        ident = field(outcome.response.partition(b"\r\n\r\n")[0].split(b"\r\n"), b"x-request-id")
        request, matches = self._requests.get(ident, {}), self._matches.get(ident, ())
        rules = request.get("rules", ())
        told = {match["rule"] for match in matches}
        ids = dict.fromkeys([*rules, *(match["rule"] for match in matches)])
        # What leads to no finding is in the access log alone, by its id.
        bare = [log_line(rule, "", "", "") for rule in ids if rule not in told]
        untold = request.get("match_count", 0) - len(rules)
        return replace(outcome, ids=tuple(ids), lines=(*map(_line, matches), *bare), untold=untold)


def _line(match: dict[str, Any]) -> str:
    return log_line(match["rule"], match.get("title", ""), match.get("target", ""), match.get("detail") or match.get("value", ""))


def _lines(file: Path) -> Iterator[dict[str, Any]]:
    if file.exists():
        with file.open("rb") as lines:
            yield from map(json.loads, lines)
