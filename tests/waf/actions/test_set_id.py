from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.actions.set_id import set_id
from edgeguard.waf.faults import Refused


@pytest.mark.parametrize(("action", "collection"), [("setuid", "USER"), ("setsid", "SESSION"), ("setrsc", "RESOURCE")])
def test_a_record_is_opened_by_its_key(notes: Any, action: str, collection: str) -> None:
    set_id(action, " %{tx.who}").apply(notes)
    assert notes.done == [("open", collection, b"alice")]


def test_a_key_is_needed() -> None:
    with pytest.raises(Refused, match="setsid needs a key"):
        set_id("setsid", " ")
