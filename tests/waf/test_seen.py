from __future__ import annotations

from typing import TYPE_CHECKING, Any

from edgeguard.waf.targets import query

if TYPE_CHECKING:
    from collections.abc import Callable


def test_what_is_parsed_is_parsed_once(seen: Callable[..., Any]) -> None:
    state = seen(path="/?a=1")
    assert query.values(state) is query.values(state)
