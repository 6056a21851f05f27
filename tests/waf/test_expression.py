from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.expression import PLAIN, Expression, has_mark, literal
from edgeguard.waf.gate import Gate


@given(st.binary(min_size=1, max_size=20))
def test_a_literal_means_just_its_bytes(value: bytes) -> None:
    gate = Gate([Expression(b"^" + literal(value))])
    assert list(gate.hits(value)) == [0]
    assert not gate.hits(bytes([value[0] ^ 1]) + value)


@pytest.mark.parametrize(("beyond", "found"), [(0, False), (1, True)])
def test_line_ends_behind_the_value_count_as_far_as_is_said(beyond: int, found: bool) -> None:
    assert bool(Gate([Expression(b"a\\n", beyond)]).hits(b"ba")) is found


@given(st.binary(max_size=20))
def test_a_mark_is_what_names_and_numbers_are_not_made_of(value: bytes) -> None:
    assert has_mark(value) is any(octet not in PLAIN for octet in value)
