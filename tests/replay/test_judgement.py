from __future__ import annotations

import pytest

from edgeguard.replay.judgement import PASS, Held, Judgement


@pytest.mark.parametrize(("outcome", "stopped"), [("pass", False), ("shadow", False), ("blocked", True), ("refused", True)])
def test_what_the_origin_does_not_get_is_stopped(outcome: str, stopped: bool) -> None:
    assert Judgement(outcome).stopped is stopped  # type: ignore[arg-type]


def test_a_rule_that_holds_twice_is_one() -> None:
    assert Judgement(held=(Held("a", target="x"), Held("a", target="y"), Held("b"))).rules == {"a", "b"}
    assert PASS.rules == frozenset()
