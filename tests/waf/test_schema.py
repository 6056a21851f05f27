from __future__ import annotations

import json
from pathlib import Path

import re2

from edgeguard.waf.rule_reader import KEYS
from edgeguard.waf.schema import rule_schema
from edgeguard.waf.yaml_items import read_items

FILE = Path(__file__).parents[2] / "docs" / "rule.schema.json"


def test_the_file_is_current() -> None:
    assert json.loads(FILE.read_text("utf-8")) == rule_schema(), "run `python -m edgeguard.waf.schema > docs/rule.schema.json`"


def test_the_schema_is_json_and_knows_each_key() -> None:
    schema = json.loads(json.dumps(rule_schema()))
    assert set(schema["items"]["properties"]) == set(KEYS)


def test_each_field_of_the_bundle_fits(bundle_folder: Path) -> None:
    selection = rule_schema()["$defs"]["terms"]
    (pattern,) = selection["patternProperties"]
    for file in sorted(bundle_folder.glob("*.yaml")):
        for rule in read_items(file.read_text(), file.name).plain:  # type: ignore[attr-defined]  # a list of rules
            for selections in rule["match"].values():
                for one in selections if isinstance(selections, list) else [selections]:
                    assert all(re2.search(pattern, field) for field in one)
    assert not re2.search(pattern, "http.request.pth|contains")
    assert not re2.search(pattern, "http.request.path|contain")


def test_editors_complete_targets_with_operators() -> None:
    schema = rule_schema()
    offered = schema["$defs"]["terms"]["properties"]
    assert offered["http.request.path|starts_with"]["description"]
    assert offered["http.request.path"]["description"]
    (pattern,) = schema["$defs"]["terms"]["patternProperties"]
    assert all(re2.search(pattern, name) for name in offered)
