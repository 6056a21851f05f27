from __future__ import annotations

import pytest

from edgeguard.waf.actions.ctl import Nothing
from edgeguard.waf.actions.registry import make_effect
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.known_actions import KNOWN

ARGUMENTS = {
    "ctl": "ruleEngine=On",
    "expirevar": "ip.a=1",
    "initcol": "ip=a",
    "setenv": "a=1",
    "setvar": "tx.a=1",
    "setrsc": "a",
    "setsid": "a",
    "setuid": "a",
    "xmlns": "a=b",
}


def test_every_action_that_the_reader_leaves_to_run_can_be_made() -> None:
    to_run = sorted(name for name, known in KNOWN.items() if known.sort == "run")
    assert to_run == sorted(ARGUMENTS)
    for name in to_run:
        assert make_effect(name, ARGUMENTS[name]).name in (name, "setvar")


def test_a_namespace_does_nothing() -> None:
    assert isinstance(make_effect("xmlns", "a=b"), Nothing)


@pytest.mark.parametrize(("name", "argument", "told"), [("setvat", "tx.a=1", "setvar"), ("setvar", None, "needs an argument")])
def test_what_is_refused(name: str, argument: str | None, told: str) -> None:
    with pytest.raises(Refused, match=told):
        make_effect(name, argument)
