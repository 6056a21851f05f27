from __future__ import annotations

import ast
import importlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.transformations.registry import TRANSFORMATIONS, Transformation

_PIECES = [
    b"%",
    b"%2",
    b"%27",
    b"%u0027",
    b"+",
    b"&#",
    b"&#x3c;",
    b"&lt",
    b"\\",
    b"\\x41",
    b"\\u0041",
    b"/*",
    b"*/",
    b"/*!50000",
    b"//",
    b"/../",
    b"\0",
    b"\xc0",
    b"\xae",
    b"\xef\xbc\x9c",
    b" ",
    b"\t",
    b"'",
    b"${IFS}",
    b"$@",
    b"A",
    b"a",
    b"1",
    b"=",
    b"\xff",
]
_values = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=20).map(b"".join))


@pytest.fixture(params=TRANSFORMATIONS.values(), ids=list(TRANSFORMATIONS))
def step(request: pytest.FixtureRequest) -> Transformation:
    return request.param


def test_the_example_of_each_doc_block_is_true(step: Transformation) -> None:
    lines = (importlib.import_module(f"edgeguard.waf.transformations.{step.name}").__doc__ or "").splitlines()
    assert lines[0].startswith(f"`{step.name}`: ")
    assert any(line.startswith("Argument: ") for line in lines)
    assert any(line.startswith("Result: ") for line in lines)
    example = next(line for line in lines if line.startswith("Example: ")).removeprefix("Example: ")
    before, after = example.split(" -> ")
    assert step.apply(ast.literal_eval(before)) == ast.literal_eval(after)


@given(value=_values)
def test_what_does_not_change_is_the_same_object(value: bytes) -> None:
    for step in TRANSFORMATIONS.values():
        made = step.apply(value)
        assert made is value or made != value, step.name


@given(value=_values)
def test_values_without_stirring_bytes_never_change(value: bytes) -> None:
    for step in TRANSFORMATIONS.values():
        calm = value.translate(None, bytes(step.stirs))
        assert step.apply(calm) is calm, step.name


@given(value=_values)
def test_no_transformation_makes_a_value_longer_than_twice(value: bytes) -> None:
    for step in TRANSFORMATIONS.values():
        assert len(step.apply(value)) <= 2 * len(value) + 4, step.name


def test_sixteen_times_as_much_takes_no_more_than_linear_code_would(step: Transformation) -> None:
    # Linear code takes 16 times as long, quadratic code 256 times; 64 leaves room for caches and a busy machine.
    for piece in _PIECES:
        short, long = (piece * (size // len(piece)) for size in (8_000, 128_000))
        assert _least_seconds(step, long) < 64 * max(_least_seconds(step, short), 2e-5), piece


def _least_seconds(step: Transformation, value: bytes) -> float:
    took = []
    for _ in range(3):
        began = time.thread_time()
        step.apply(value)
        took.append(time.thread_time() - began)
    return min(took)
