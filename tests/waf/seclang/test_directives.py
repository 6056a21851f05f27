from __future__ import annotations

import pytest

from edgeguard.waf.faults import RulesError
from edgeguard.waf.seclang.directives import DIRECTIVES
from edgeguard.waf.seclang.reader import Reader, read_seclang_text

NOTED = [directive.name for directive in DIRECTIVES.values() if directive.effect == "noted"]
REFUSED = [directive.name for directive in DIRECTIVES.values() if directive.effect == "refused"]


def test_the_reader_works_on_each_that_sets_nothing() -> None:
    assert set(Reader()._work) == {name for name, one in DIRECTIVES.items() if one.effect in ("rule", "change")}


def test_settings_and_only_they_are_put() -> None:
    assert {name for name, one in DIRECTIVES.items() if one.put} == {
        name for name, one in DIRECTIVES.items() if one.effect == "setting"
    }


def test_each_says_something_on_one_line() -> None:
    for directive in DIRECTIVES.values():
        assert directive.says, directive.name
        assert "\n" not in directive.says


@pytest.mark.parametrize("name", NOTED)
def test_what_has_no_effect_is_taken_and_noted(name: str) -> None:
    (note,) = read_seclang_text(f"\n{name} On").notes
    assert note.place.line == 2
    assert note.text == f"{name} has no effect: {DIRECTIVES[name.lower()].says}"


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_change_verdicts_is_refused(name: str) -> None:
    with pytest.raises(RulesError, match="is not taken"):
        read_seclang_text(f"{name} On")


@pytest.mark.parametrize("name", [name for name in REFUSED if "off" in DIRECTIVES[name.lower()].harmless])
def test_unless_it_asks_for_nothing(name: str) -> None:
    assert not read_seclang_text(f"{name} Off").notes
