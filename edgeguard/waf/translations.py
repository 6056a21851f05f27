"""Patterns as they were translated at an earlier start, kept beside the compiled databases: reading them anew takes a second."""

from __future__ import annotations

import json
from dataclasses import astuple
from typing import TYPE_CHECKING

from edgeguard import __version__
from edgeguard.waf.expression import Expression
from edgeguard.waf.pcre import Translation

if TYPE_CHECKING:
    from edgeguard.waf.databases import Databases

_KEY = f"translations-6 {__version__}".encode()  # what is known holds for the code that made it
_MOST = 20_000  # patterns; a rule set has 300, and those of former ones are kept, too


def read_translations(databases: Databases) -> dict[bytes, Translation]:
    """What is kept, by pattern; empty where nothing is."""
    body = databases.get(_KEY)
    if body is None:
        return {}
    try:
        return {
            text.encode("latin-1"): Translation(
                exact,
                grouped,
                None if gate is None else tuple(Expression(text.encode("ascii"), *rest) for text, *rest in gate),
                walked,
            )
            for text, exact, grouped, gate, walked in json.loads(body)
        }
    except (ValueError, TypeError):
        return {}


def keep_translations(databases: Databases, known: dict[bytes, Translation], before: int) -> None:
    """Keep `known` where it has grown from `before` patterns; too many begin anew at the next start."""
    if len(known) == before:
        return
    rows = [
        (
            text.decode("latin-1"),
            each.exact,
            each.grouped,
            None if each.gate is None else [(sought.text.decode("ascii"), *astuple(sought)[1:]) for sought in each.gate],
            each.walked,
        )
        for text, each in known.items()
    ]
    databases.put(_KEY, json.dumps(rows if len(rows) <= _MOST else []).encode())
