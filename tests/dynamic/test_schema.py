from __future__ import annotations

import json
from pathlib import Path

import yaml

from edgeguard.config.bundled import bundled
from edgeguard.dynamic.schema import dynamic_schema

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "dynamic-rule.schema.json"


def test_the_document_is_what_the_tables_say() -> None:
    made = json.dumps(dynamic_schema(), indent=2) + "\n"
    assert DOCUMENT.read_text() == made, "python -m edgeguard.dynamic.schema > docs/dynamic-rule.schema.json"


def test_rules_that_ship_have_no_key_that_it_lacks() -> None:
    known = dynamic_schema()["items"]["properties"]
    for file in (bundled("rules") / "dynamic").glob("*.yaml"):
        for rule in yaml.safe_load(file.read_text()):
            assert set(rule) <= set(known)
            assert set(rule.get("when", ())) <= set(known["when"]["properties"])
