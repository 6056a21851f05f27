from __future__ import annotations

from edgeguard.waf.seclang.known_actions import KNOWN
from edgeguard.waf.seclang.said import _TAKERS


def test_every_action_that_becomes_a_field_has_its_taker() -> None:
    fields = {name for name, action in KNOWN.items() if action.sort in ("metadata", "flow", "flag")}
    assert fields == set(_TAKERS)


def test_each_says_something_on_one_line() -> None:
    for action in KNOWN.values():
        assert action.says, action.name
        assert "\n" not in action.says


def test_what_is_refused_says_what_to_do_or_why() -> None:
    assert {action.name for action in KNOWN.values() if action.sort == "refused"} == {"proxy", "exec", "deprecatevar"}
