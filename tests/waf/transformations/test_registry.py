from __future__ import annotations

import ast
import importlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf import transformations
from edgeguard.waf.transformations.registry import SECLANG, TRANSFORMATIONS, Transformation, seclang_name, url_decode_uni_by

STEPS = {step.name: step for step in (*TRANSFORMATIONS.values(), *SECLANG.values(), url_decode_uni_by(20127, {0x2019: b"'"}))}

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
    b"-",
    b"--",
    b"#",
    b"<!--",
    b"-->",
    b"/**/",
    b"<!--a*/",
    b"0x",
    b"0x41",
    b"0x414",
    b"&#0",
    b"&#6",
    b"&amp;",
    b"\\7",
    b"\\ff1c",
    b"[",
    b"[a]",
    b".",
    b"../",
    b",",
    b"(",
    b"\xc3\xa4",
    b"\xc3",
    b"\xe0\x80\xaf",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x98\x80",
    b"\xf5\x80\x80\x80",
    b"\xa0",
]
_values = st.one_of(st.binary(max_size=60), st.lists(st.sampled_from(_PIECES), max_size=20).map(b"".join))
_AFFIXES = [
    b"",
    b"a",
    b"/",
    b"@",
    b"41",
    b"lt;",
    b"0",
    b"\xaf",
    b"\x80\xaf",
    b"\xbc\x9c",
    b"\x80\x80\x80",
    b"\x80\xa4",
    b"{a:-b}",
]
_AFFIXES += [b"x41", b"\xa0", b"\xbc", b"\x88", b"\xbf", b"\xb0", b"\x81", b"\x80\xb2", b"\x80\x80", b"\x98\x8d", b"\x9d\x90\x80"]
_AFFIXES += [b"eyJhbGciOiJub25lIn0", b"\x9c", b"\xbc\x8f"]
_AFFIXES.append(b"--x")
_AFFIXES.append(b" ".join(b"w%d" % number for number in range(30)))


@pytest.fixture(params=STEPS.values(), ids=list(STEPS))
def step(request: pytest.FixtureRequest) -> Transformation:
    return request.param


def test_no_two_steps_have_one_name() -> None:
    for step in (*TRANSFORMATIONS.values(), *SECLANG.values()):
        assert STEPS[step.name] is step


@pytest.mark.parametrize(
    ("name", "written"),
    [("remove_nulls", "removeNulls"), ("parity_even_7bit", "parityEven7bit"), ("urlDecodeUni", "urlDecodeUni"), ("md5", "md5")],
)
def test_names_as_seclang_writes_them(name: str, written: str) -> None:
    assert seclang_name(name) == written


def test_each_file_is_in_the_table() -> None:
    folder = Path(transformations.__path__[0])
    assert {path.stem for path in folder.glob("*.py") if "\nSTIRS = " in path.read_text("utf-8")} == TRANSFORMATIONS.keys()


def test_seclang_has_its_own_names() -> None:
    assert all(name == name.lower() for name in SECLANG)
    assert SECLANG["normalizepath"] is SECLANG["normalisepath"] is TRANSFORMATIONS["normalise_path"]
    assert SECLANG["htmlentitydecode"] is not TRANSFORMATIONS["html_entity_decode"]
    assert "utf8toascii" not in SECLANG
    assert SECLANG["none"].stirs == frozenset()


def test_the_example_of_each_doc_block_is_true(step: Transformation) -> None:
    lines = (importlib.import_module(step.apply.__module__).__doc__ or "").splitlines()
    assert lines[0].startswith(f"`{step.name.partition(':')[0]}`: ")
    assert any(line.startswith("Argument: ") for line in lines)
    assert any(line.startswith("Result: ") for line in lines)
    example = next(line for line in lines if line.startswith("Example: ")).removeprefix("Example: ")
    before, after = example.split(" -> ")
    assert step.apply(ast.literal_eval(before)) == ast.literal_eval(after)


@given(value=_values)
def test_what_does_not_change_is_the_same_object(value: bytes) -> None:
    for step in STEPS.values():
        made = step.apply(value)
        assert made is value or made != value, step.name


@given(value=_values)
def test_values_without_stirring_bytes_never_change(value: bytes) -> None:
    for step in STEPS.values():
        calm = value.translate(None, bytes(step.stirs))
        if len(step.stirs) < 256:
            assert step.apply(calm) is calm, step.name


def test_each_stirring_byte_can_stir_without_the_others(step: Transformation) -> None:
    for octet in step.stirs:
        alone = bytes([octet])
        others = bytes(step.stirs - {octet})
        affixes = [affix for affix in (*_AFFIXES, alone) if len(affix.translate(None, others)) == len(affix)]
        values = [before + alone + after for before in affixes for after in affixes]
        assert any(step.apply(value) != value for value in values), alone


@given(value=_values)
def test_no_transformation_makes_a_value_longer_than_fourfold(value: bytes) -> None:
    for step in STEPS.values():
        assert len(step.apply(value)) <= max(4 * len(value), 20), step.name


def test_sixty_four_times_as_much_takes_no_more_than_linear_code_would(step: Transformation) -> None:
    # Linear code takes 64 times as long, quadratic code up to 4,096 times; 384 leaves room for caches and a busy machine, as does
    # the least time that counts: 256 KB a byte at a time, each with a copy of the rest, are a second or so.
    for piece in _PIECES:
        short, long = (piece * (size // len(piece)) for size in (4_000, 256_000))
        bound = 384 * max(_least_seconds(step, short), 1e-4)
        assert any(_least_seconds(step, long, runs=1) < bound for _ in range(5)), piece


def _least_seconds(step: Transformation, value: bytes, runs: int = 3) -> float:
    took = []
    for _ in range(runs):
        began = time.thread_time()
        step.apply(value)
        took.append(time.thread_time() - began)
    return min(took)
