from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.actions.setenv import setenv
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(
    ("argument", "key", "value"),
    [("blocked=1", b"blocked", b"1"), ("Blocked", b"blocked", b"1"), ("who=%{tx.who}", b"who", b"alice"), ("!who", b"who", None)],
)
def test_what_is_written(notes: Any, argument: str, key: bytes, value: bytes | None) -> None:
    setenv(argument).apply(notes)
    assert notes.done == [("write", "ENV", key, value)]


def test_a_name_is_needed() -> None:
    with pytest.raises(Refused, match="names no variable"):
        setenv("=1")
