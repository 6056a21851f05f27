from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.waf.asking import Asking
from edgeguard.waf.budget import Spent
from edgeguard.waf.phase import Phase

if TYPE_CHECKING:
    from collections.abc import Callable

TWO = 'SecRule REQUEST_URI "@contains evil" "id:1,phase:1,pass"\nSecRule REQUEST_HEADERS "@contains evil" "id:2,phase:1,pass"'


def found(asking: Asking) -> set[tuple[str, bytes]]:
    return {(label, value) for hits in asking.hits.values() for label, _, value in hits}


def test_hits_tell_where_a_term_may_hold(seclang: Callable[..., Any], seen: Callable[..., Any]) -> None:
    plan = seclang(TWO).plan.phases[Phase.REQUEST_HEAD]
    for _ in range(2):  # the second time by what is known of the head
        asking = Asking(seen(path="/evil", headers={"a": "evil", "b": "good"}), lambda: None)
        asking.ask(plan)
        assert found(asking) == {("REQUEST_URI", b"/evil"), ("http.request.headers", b"evil")}


def test_what_was_found_before_the_time_was_over_counts(seclang: Callable[..., Any], seen: Callable[..., Any]) -> None:
    plan = seclang(TWO).plan.phases[Phase.REQUEST_HEAD]
    ticks = 0

    def tick() -> None:
        nonlocal ticks
        ticks += 1
        if ticks > 2:
            raise Spent

    asking = Asking(seen(path="/evil", headers={"a": "evil", "b": "1", "c": "2"}), tick)
    with pytest.raises(Spent):
        asking.ask(plan)
    assert found(asking)
