from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.config.document import LARGEST, Document, plain_value, read_document
from edgeguard.config.faults import ConfigError


def read(text: str, **environment: str) -> Document:
    return read_document(text, "edge.yaml", environment)


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as caught:
        read(text)
    return str(caught.value)


def test_values_and_their_places() -> None:
    document = read("a: 1\nb:\n  - x\n  - {c: true}\nd:\n  e: 'f'\n")
    assert document.value == {"a": 1, "b": ["x", {"c": True}], "d": {"e": "f"}}
    assert document.where(("a",)) == (1, 4)
    assert document.where(("a",), key=True) == (1, 1)
    assert document.where(("b", 1, "c")) == (4, 9)
    assert document.where(("b", 1)) == (4, 5)
    assert document.where(("b",)) == (2, 1)
    assert document.where(("d",)) == (5, 1)
    assert document.where(("d", "e")) == (6, 6)


def test_what_does_not_stand_there_is_placed_at_what_is_around_it() -> None:
    document = read("a: 1\nd:\n  e:\n    - {f: 1}\n")
    assert document.where(("d", "missing")) == (2, 1)
    assert document.where(("d", "e", 0, "missing"), key=True) == (4, 7)
    assert document.where(("nowhere", "at", "all")) == (1, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("~", None),
        ("null", None),
        ("true", True),
        ("False", False),
        ("off", "off"),
        ("no", "no"),
        ("12:30", "12:30"),
        ("2026-01-01", "2026-01-01"),
        ("0", 0),
        ("-5", -5),
        ("10_000", 10_000),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("0x1F", "0x1F"),
        ("1.2.3.4", "1.2.3.4"),
        ("10.0.0.0/8", "10.0.0.0/8"),
        ("64KiB", "64KiB"),
        (".inf", ".inf"),
        (".", "."),
        ("-", "-"),
        ("1" * 5000, "1" * 5000),
    ],
)
def test_plain_values(text: str, value: object) -> None:
    result = plain_value(text)
    assert (result, type(result)) == (value, type(value))


@given(st.text(max_size=40))
def test_plain_values_never_raise(text: str) -> None:
    assert isinstance(plain_value(text), str | int | float | bool | None)


def test_quotes_make_text() -> None:
    assert read("a: '1'\nb: \"true\"\nc: |\n  2\n").value == {"a": "1", "b": "true", "c": "2\n"}


def test_a_key_that_stands_twice() -> None:
    document = read("a: 1\nb: {c: 1, c: 2}\na: [1, {x: 1}]\n")
    assert [str(fault) for fault in document.faults] == [
        "edge.yaml:2: the key 'c' stands here a second time; see line 2",
        "edge.yaml:3: the key 'a' stands here a second time; see line 1",
    ]
    assert document.value == {"a": 1, "b": {"c": 1}}


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: &x 1\nb: *x\n", "edge.yaml:2: aliases such as *x are not taken; write the value out"),
        ("a: !!python/name:os.system x\n", "edge.yaml:1: tags such as tag:yaml.org,2002:python/name:os.system are not taken"),
        ("a: !!map {b: 1}\n", "edge.yaml:1: tags such as tag:yaml.org,2002:map are not taken"),
        ("? [a]\n: 1\n", "edge.yaml:1: a key must be a word"),
        ("a: 1\n---\nb: 1\n", "edge.yaml:2: a second document starts here; one file holds one configuration"),
        ("a: " + "[" * 40 + "]" * 40, "edge.yaml:1: more than 32 levels deep"),
    ],
)
def test_what_is_refused(text: str, told: str) -> None:
    assert refusal(text) == told


@pytest.mark.parametrize(
    ("text", "place", "hint"),
    [
        ("a: b: c\n", "edge.yaml:1: this is no YAML", "does a value with a colon have quotes?"),
        ("a:\n\t- b\n", "edge.yaml:2: this is no YAML", "indent with spaces"),
        ("a: [1,\nb: 2\n", "edge.yaml:", "this is no YAML"),
        ("a: 'open\n", "edge.yaml:", "this is no YAML"),
        ("a: \x00", "edge.yaml:1: this is no YAML", ""),
    ],
)
def test_what_is_no_yaml(text: str, place: str, hint: str) -> None:
    told = refusal(text)
    assert told.startswith(place)
    assert hint in told


def test_a_file_that_is_too_large() -> None:
    assert refusal("#" * (LARGEST + 1)) == f"edge.yaml:1: the file is larger than {LARGEST} bytes"


def test_hostile_nesting_is_refused_at_once() -> None:
    start = time.perf_counter()
    refusal("[" * 500_000)
    refusal("{a: " * 200_000)
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("${A}", "alpha"),
        ("'${A}'", "alpha"),
        ("x-${A}-${B}-y", "x-alpha-beta-y"),
        ("$${A}", "${A}"),
        ("a$${A}${B}", "a${A}beta"),
        ("$A", "$A"),
        ("${C}", "${A}"),
        ("${N}", "8080"),
    ],
)
def test_the_environment(text: str, value: str) -> None:
    document = read(f"k: {text}\n", A="alpha", B="beta", C="${A}", N="8080")
    assert document.value == {"k": value}
    assert document.faults == []


def test_what_came_from_the_environment_is_known() -> None:
    document = read("a: x${A}\nb: $${A}\n", A="1")
    assert document.hidden(("a",)) == "x${A}"
    assert document.hidden(("b",)) is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("${GONE}", "the environment variable GONE is not set"),
        ("${}", "starts the name of an environment variable"),
        ("${A", "starts the name of an environment variable"),
        ("${A-B}", "starts the name of an environment variable"),
    ],
)
def test_an_environment_that_lacks_it(text: str, told: str) -> None:
    document = read(f"x: 1\nk: '{text}'\n", A="alpha")
    assert [fault.line for fault in document.faults] == [2]
    assert told in document.faults[0].text
    assert ("k",) in document.unknown


def test_keys_are_left_alone() -> None:
    assert read("${A}: 1\n", A="alpha").value == {"${A}": 1}
