from __future__ import annotations

import pytest

from edgeguard.config.rule_faults import RulesError
from edgeguard.config.yaml_items import read_items


def test_a_key_of_a_scalar_has_the_line_where_it_stands() -> None:
    root = read_items("- id: x\n  window: 5m\n", "f")
    assert root.value[0].value["window"].line == 2  # type: ignore[index]  # a list of mappings, as written


def test_what_is_no_yaml_is_told_with_its_line() -> None:
    with pytest.raises(RulesError, match="f:2: this is no YAML"):
        read_items("a: [1\n", "f")
