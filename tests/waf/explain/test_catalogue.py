from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.explain.catalogue import Wanted, catalogue, check, find, looks, meets, text_of
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.reader import read_seclang_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
    from edgeguard.waf.seclang.syntax import SecRule


def statuses(ruleset: Ruleset) -> dict[str, str]:
    return {entry.id: entry.status for entry in catalogue(ruleset)}


def test_what_became_of_each_rule(ruleset: Callable[..., Ruleset]) -> None:
    told = statuses(ruleset(1))
    assert told == {
        **dict.fromkeys(("101", "102", "103"), "active"),
        **dict.fromkeys(("900", "9990000", "901", "902", "910"), "on-change"),
        "200": "settled",
        "201": "left-out",
        "t-1": "enforce",
    }
    assert statuses(ruleset(2))["201"] == "active"


def test_why_a_rule_is_left_out(ruleset: Callable[..., Ruleset]) -> None:
    assert find(catalogue(ruleset(1)), "201").why == "its paranoia level is 2, and rules up to 1 are asked"


def test_a_rule_that_is_jumped_over(written: Callable[..., Ruleset]) -> None:
    script = 'SecAction "id:1,phase:2,pass,nolog,skipAfter:END"\nSecRule ARGS "@rx a" "id:2,phase:2,deny"\nSecMarker END\n'
    entry = find(catalogue(written(script)), "2")
    assert entry.status == "left-out"
    assert "jumps over it" in entry.why


def test_an_engine_that_is_off(written: Callable[..., Ruleset]) -> None:
    (entry,) = catalogue(written('SecRuleEngine Off\nSecRule ARGS "@rx a" "id:2,phase:2,deny"\n'))
    assert (entry.status, entry.why) == ("left-out", "SecRuleEngine is Off")


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(ids="101-102,910"), ["101", "102", "910"]),
        (Wanted(ids="t-*"), ["t-1"]),
        (Wanted(tag="attack-evil"), ["101"]),
        (Wanted(tag="paranoia-level/*", severity="Critical"), ["101"]),
        (Wanted(phase=1, status="active"), ["103"]),
        (Wanted(language="edgeguard"), ["t-1"]),
        (Wanted(paranoia=2), ["201"]),
        (Wanted(file="own.yaml"), ["t-1"]),
    ],
)
def test_filters(ruleset: Callable[..., Ruleset], wanted: Wanted, ids: list[str]) -> None:
    check(wanted)
    assert [entry.id for entry in catalogue(ruleset(1)) if wanted.takes(entry)] == ids


@pytest.mark.parametrize(
    ("wanted", "says"),
    [(Wanted(status="on"), "no status 'on'"), (Wanted(language="lua"), "no language"), (Wanted(ids="1-x"), "neither")],
)
def test_filters_that_make_no_sense_are_told(wanted: Wanted, says: str) -> None:
    with pytest.raises(Refused, match=says):
        check(wanted)


def test_ranges() -> None:
    assert meets("942100-942199", "942150")
    assert not meets("942100", "t-1")
    assert meets("t-1,eg-*", "eg-1002")


def test_an_id_that_nobody_has_is_told_with_near_ones(ruleset: Callable[..., Ruleset]) -> None:
    with pytest.raises(Refused, match="no rule has the id 104; there are 101, 102, 103"):
        find(catalogue(ruleset()), "104")


def test_texts(ruleset: Callable[..., Ruleset], texts: dict[int, SecRule]) -> None:
    entries = catalogue(ruleset())
    chain = text_of(find(entries, "102"), texts, "")
    assert read_seclang_text(chain).items[0].id == 102  # type: ignore[union-attr]
    assert chain.count("\n") == 1
    own = find(entries, "t-1")
    read = Path(own.file).read_text()
    assert text_of(own, texts, f"{read}\n- id: t-2\n  title: Next\n") == read.rstrip()


def test_how_a_rule_is_asked(ruleset: Callable[..., Ruleset], texts: dict[int, SecRule]) -> None:
    rules = ruleset()
    (one,) = looks(rules, "101", texts)
    assert (one.looks_at, one.question, one.pipeline) == ("ARGS|REQUEST_COOKIES", "@contains evil", ("urlDecodeUni", "lowercase"))
    assert "one pattern occurs" in one.gate
    assert one.patterns
    assert [name for name, says in one.docs if says] == ["@contains", "t:urlDecodeUni", "t:lowercase"]
    first, second = looks(rules, "102", texts)
    assert second.looks_at == "TX:1"
    assert second.gate.startswith("the gate is not asked")
    assert "how many" in looks(rules, "103", texts)[0].gate
    assert looks(rules, "900", texts)[0].gate == "it always holds"
    assert looks(rules, "t-1", texts)[0].question == "contains"
    assert looks(rules, "nobody", texts) == []
    assert first.question.startswith("@rx")
