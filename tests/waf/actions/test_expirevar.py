from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.actions.expirevar import expirevar
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(
    ("argument", "key", "seconds"),
    [("ip.Blocked=600", b"blocked", 600), ("ip.%{tx.who}=%{tx.n}", b"alice", 3), ("ip.a=soon", b"a", 0)],
)
def test_what_ends_when(notes: Any, argument: str, key: bytes, seconds: int) -> None:
    expirevar(argument).apply(notes)
    assert notes.done == [("expire", "IP", key, seconds)]


@pytest.mark.parametrize("argument", ["ip.a", "ip=600", "a.b=600", "=600"])
def test_what_is_refused(argument: str) -> None:
    with pytest.raises(Refused, match="expirevar"):
        expirevar(argument)
