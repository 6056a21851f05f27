from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.bare import BARE, bare
from edgeguard.waf.expression import IGNORED


@given(st.binary(max_size=60))
def test_what_is_ignored_goes_and_all_else_stays(value: bytes) -> None:
    assert bare(value) == bytes(octet for octet in value if octet not in IGNORED)


def test_a_value_without_it_is_the_very_same() -> None:
    value = b"a value" * 3
    assert bare(value) is value
    assert BARE.stirs == frozenset(IGNORED)
