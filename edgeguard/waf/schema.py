"""The JSON Schema of rule files, made from the reader's own tables, so that editors complete what really loads.

`python -m edgeguard.waf.schema > docs/rule.schema.json` writes it down.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from edgeguard.waf.manual import first_line
from edgeguard.waf.model import SCORES
from edgeguard.waf.operators.registry import CLASSES, OPERATORS
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_reader import KEYS, SENSITIVITIES, STATUSES
from edgeguard.waf.rule_tests import KEYS as TEST_KEYS
from edgeguard.waf.targets.registry import KINDS
from edgeguard.waf.transformations.registry import TRANSFORMATIONS

_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}


def rule_schema() -> dict[str, Any]:
    """A schema of draft 2020-12 for a list of rules."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$defs": {"terms": _terms()},
        "title": "EdgeGuard rules",
        "type": "array",
        "items": {
            "type": "object",
            "required": ["id", "title", "match"],
            "additionalProperties": False,
            "properties": {key: {**_property(key), "description": says} for key, says in KEYS.items()},
        },
    }


def _property(key: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {
        "id": {**_TEXT, "pattern": "^[a-z0-9-]{1,64}$"},
        "references": _TEXTS,
        "tags": _TEXTS,
        "status": {"enum": list(STATUSES)},
        "severity": {"enum": list(SCORES)},
        "sensitivity": {"enum": list(SENSITIVITIES)},
        "phase": {"enum": [phase.name.lower() for phase in Phase]},
        "match": {"type": "object", "minProperties": 1, "additionalProperties": _selection()},
        "action": {"anyOf": [{"enum": ["score", "block", "mask", "log"]}, _score(), _block()]},
        "tests": _tests(),
    }
    return known.get(key, _TEXT)


def _selection() -> dict[str, Any]:
    one = {"$ref": "#/$defs/terms"}
    return {"anyOf": [one, {"type": "array", "minItems": 1, "items": one}]}


def _terms() -> dict[str, Any]:
    """What may stand in a selection. Editors complete `properties` alone, and judge by the pattern what has transformations."""
    names = "|".join(sorted(name.replace(".", "\\.") for name in KINDS))
    steps = "|".join(sorted({*TRANSFORMATIONS, *OPERATORS, "any", "all"}))
    return {
        "type": "object",
        "minProperties": 1,
        "properties": {
            name if operator == "equals" else f"{name}|{operator}": {"description": kind.says if operator == "equals" else asks}
            for name, kind in sorted(KINDS.items())
            for operator, asks in ((each, first_line(CLASSES[each])) for each in sorted(OPERATORS))
        },
        "patternProperties": {f"^(?:{names})(?::[^|]+)?(?:\\|(?:{steps}))*$": True},
        "additionalProperties": False,
    }


def _score() -> dict[str, Any]:
    score = {"type": "integer", "minimum": 0, "maximum": 100}
    return {"type": "object", "required": ["score"], "additionalProperties": False, "properties": {"score": score}}


def _block() -> dict[str, Any]:
    status = {"type": "integer", "minimum": 400, "maximum": 599}
    block = {"type": "object", "required": ["status"], "additionalProperties": False, "properties": {"status": status}}
    return {"type": "object", "required": ["block"], "additionalProperties": False, "properties": {"block": block}}


def _tests() -> dict[str, Any]:
    request = {
        "type": "object",
        "additionalProperties": False,
        "properties": {key: {"description": says} for key, says in TEST_KEYS.items()},
    }
    requests = {"type": "array", "items": request}
    return {"type": "object", "additionalProperties": False, "properties": {"match": requests, "pass": requests}}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(rule_schema(), indent=2) + "\n")
