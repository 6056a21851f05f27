from __future__ import annotations

from edgeguard.waf.faults import RuleFault, RulesError, unknown


def test_faults_are_told_in_order_with_file_and_line() -> None:
    error = RulesError([RuleFault("b.yaml", 2, "late"), RuleFault("a.yaml", 10, "second"), RuleFault("a.yaml", 9, "first")])
    assert str(error) == "a.yaml:9: first\na.yaml:10: second\nb.yaml:2: late"


def test_the_nearest_name_is_told_or_all_of_a_few() -> None:
    assert unknown("key", "titel", ["title", "tags"]) == "unknown key 'titel'; did you mean 'title'?"
    assert unknown("key", "zzz", ["title", "tags"]) == "unknown key 'zzz'; known: tags, title"
