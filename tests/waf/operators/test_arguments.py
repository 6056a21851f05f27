from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.arguments import as_bytes, as_number, as_text, number_in


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


@pytest.mark.parametrize(
    ("value", "number"), [(b"0", 0), (b"42", 42), (b"9" * 18, 10**18 - 1), (b"9" * 19, None), (b"-1", None), (b"", None)]
)
def test_number_in(value: bytes, number: int | None) -> None:
    assert number_in(value) == number
