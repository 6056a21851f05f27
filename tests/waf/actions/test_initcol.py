from __future__ import annotations

from typing import Any

import pytest

from edgeguard.waf.actions.initcol import initcol
from edgeguard.waf.faults import Refused


def test_a_record_is_opened_by_its_key(notes: Any) -> None:
    initcol("IP=%{tx.who}_1").apply(notes)
    assert notes.done == [("open", "IP", b"alice_1")]


def test_any_variable_of_the_collection_may_be_another_afterwards() -> None:
    writes = initcol("ip=a").writes
    assert writes is not None
    assert (writes.collection, writes.key, writes.exact) == ("IP", b"", False)


@pytest.mark.parametrize("argument", ["tx=a", "ip", "ip= ", "ipp=a"])
def test_what_is_refused(argument: str) -> None:
    with pytest.raises(Refused, match="initcol"):
        initcol(argument)
