from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.arguments import as_bytes, as_number, as_text


def test_texts_and_numbers() -> None:
    assert as_bytes("ä") == "ä".encode()
    assert as_bytes(5) == b"5"
    assert as_text("a") == b"a"
    assert as_number(5) == 5


@pytest.mark.parametrize("argument", [None, True, 1.5, [], {}])
def test_others_are_refused(argument: object) -> None:
    with pytest.raises(Refused):
        as_bytes(argument)
    with pytest.raises(Refused):
        as_number(argument)
