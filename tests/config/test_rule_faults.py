from __future__ import annotations

import pytest

from edgeguard.config.rule_faults import RuleFault, RulesError, unknown
from edgeguard.waf import faults


def test_faults_are_sorted_by_place() -> None:
    error = RulesError([RuleFault("b.yaml", 1, "x"), RuleFault("a.yaml", 2, "y")])
    assert str(error) == "a.yaml:2: y\nb.yaml:1: x"


@pytest.mark.parametrize(("name", "told"), [("titel", "did you mean 'title'?"), ("zzz", "known: id, title")], ids=["near", "far"])
def test_an_unknown_name_meets_the_nearest(name: str, told: str) -> None:
    assert told in unknown("key", name, ["title", "id"])


def test_the_engine_tells_with_the_same_error() -> None:
    assert faults.RulesError is RulesError
