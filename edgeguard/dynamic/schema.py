"""The JSON Schema of files of dynamic rules, made from the reader's own tables, so that editors complete what really loads.

`python -m edgeguard.dynamic.schema > docs/dynamic-rule.schema.json` writes it down.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from edgeguard.dynamic.conditions import ACCOUNTS, RESULTS, VERDICTS
from edgeguard.dynamic.conditions import KEYS as WHEN_KEYS
from edgeguard.dynamic.keys import ACTORS, KEYS
from edgeguard.dynamic.reader import RULE_KEYS, STATUSES, SUMS
from edgeguard.dynamic.scenarios import STEP_KEYS
from edgeguard.dynamic.window import HIGHEST

_TEXT: dict[str, Any] = {"type": "string"}
_WHOLE: dict[str, Any] = {"type": "integer", "minimum": 1}
_TIME: dict[str, Any] = {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string", "pattern": "^[0-9]+(ms|s|m|h|d|w)$"}]}


def dynamic_schema() -> dict[str, Any]:
    """A schema of draft 2020-12 for a list of dynamic rules."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "EdgeGuard dynamic rules",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "title", "key", "limit", "window", "action"],
            "additionalProperties": False,
            "properties": {key: {**_property(key), "description": says} for key, says in RULE_KEYS.items()},
        },
    }


def _property(key: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {
        "id": {**_TEXT, "pattern": "^[a-z0-9-]{1,48}$"},
        "status": {"enum": list(STATUSES)},
        "tags": {"type": "array", "items": _TEXT},
        "when": _object({name: {**_when(name), "description": says} for name, says in WHEN_KEYS.items()}),
        "key": _some(_part()),
        "count": {"anyOf": [{"const": "events"}, _object({"distinct": _some(_part())}), _object({"sum": {"enum": list(SUMS)}})]},
        "limit": {**_WHOLE, "maximum": HIGHEST // 2},
        "window": _TIME,
        "acts_on": {"enum": list(ACTORS)},
        "action": {"anyOf": [{"enum": ["log", "ban", "challenge"]}, _acts()]},
        "forget": _TIME,
        "tests": _object({"act": _scenarios(), "quiet": _scenarios()}),
    }
    return known.get(key, _TEXT)


def _when(name: str) -> dict[str, Any]:
    choices: dict[str, dict[str, Any]] = {
        "status": _some({"anyOf": [{"type": "integer", "minimum": 100, "maximum": 599}, {"pattern": "^[1-5]xx$", **_TEXT}]}),
        "verdict": _some({"enum": list(VERDICTS)}),
        "cache": _some({"enum": list(RESULTS)}),
        "account": {"enum": list(ACCOUNTS)},
        "login": {"const": True},
        "origin_seconds": {"type": "number", "minimum": 0},
        "cost": {"type": "number", "minimum": 0},
    }
    return choices.get(name, _some(_TEXT))


def _acts() -> dict[str, Any]:
    lasting = {"for": _some(_TIME)}
    tighten = {**_object({"requests": _WHOLE, "seconds": _TIME, **lasting}), "required": ["requests"]}
    return _object({"ban": _object(lasting), "challenge": _object(lasting), "tighten": tighten})


def _part() -> dict[str, Any]:
    return {"anyOf": [{"enum": [name for name in KEYS if ":" not in name]}, {**_TEXT, "pattern": "^header:.+$"}]}


def _scenarios() -> dict[str, Any]:
    step = _object({key: {"description": says} for key, says in STEP_KEYS.items()})
    return {"type": "array", "items": _some(step)}


def _some(one: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "additionalProperties": False, "properties": properties}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(dynamic_schema(), indent=2) + "\n")
