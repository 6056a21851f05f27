from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.actions.ctl import IGNORED, ctl, id_ranges
from edgeguard.waf.actions.effect import Removal
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(
    ("argument", "option", "value"),
    [("ruleEngine=DetectionOnly", "ruleengine", "detectiononly"), ("requestBodyProcessor = XML", "requestbodyprocessor", "xml")],
)
def test_a_setting_is_changed(notes: Any, argument: str, option: str, value: str) -> None:
    ctl(argument).apply(notes)
    assert notes.done == [("control", option, value)]


@pytest.mark.parametrize(
    ("argument", "removal"),
    [
        ("ruleRemoveById=5,7-9", Removal(ids=((5, 5), (7, 9)))),
        ("ruleRemoveByTag=attack-sqli", Removal(tag="attack-sqli")),
        ("ruleRemoveByMsg=a text", Removal(message="a text")),
    ],
)
def test_rules_are_left_out(notes: Any, argument: str, removal: Removal) -> None:
    ctl(argument).apply(notes)
    assert notes.done == [("remove", removal)]


@pytest.mark.parametrize("by", ["Id=5", "Tag=5", "Msg=5"])
def test_targets_are_left_out(by: str) -> None:
    removal = ctl(f"ruleRemoveTargetBy{by};ARGS:Body|REQUEST_COOKIES:/^utm/").removal
    assert removal is not None
    assert removal.meets(5, ("5",), "5")
    assert [(one.kind, one.key) for one in removal.exclusions] == [("ARGS", b"body"), ("REQUEST_COOKIES", None)]


@pytest.mark.parametrize("option", sorted(IGNORED))
def test_what_is_ignored_does_nothing(notes: Any, option: str) -> None:
    ctl(f"{option}=1").apply(notes)
    assert notes.done == []


@pytest.mark.parametrize(
    ("argument", "told"),
    [
        ("ruleEngin=On", "did you mean 'ruleengine'"),
        ("ruleEngine=Maybe", "Maybe"),
        ("ruleRemoveById=", "needs a value"),
        ("ruleRemoveById=abc", "neither a rule's id nor a range"),
        ("ruleRemoveTargetById=5", "takes `what;TARGET`"),
        ("ruleRemoveTargetById=5;ARGZ", "ARGZ"),
    ],
)
def test_what_is_refused(argument: str, told: str) -> None:
    with pytest.raises(Refused, match=told):
        ctl(argument)


def test_ranges_of_ids() -> None:
    assert id_ranges("'942100-942199' 5, 6") == ((942100, 942199), (5, 5), (6, 6))
    with pytest.raises(Refused):
        id_ranges("1-x")
