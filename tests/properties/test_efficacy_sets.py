"""The sets of `benchmarks/efficacy`: the same each time, well-formed, and nothing held out among what is tuned to."""

import json
import sys
from importlib import import_module
from pathlib import Path
from random import Random

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(scope="module")
def sets():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        generate, grammar = (import_module(f"efficacy_sets.{name}") for name in ("generate", "grammar"))
        yield {part: list(generate.cases(part)) for part in generate.PARTS} | {"generate": generate, "grammar": grammar}
    finally:
        sys.path.remove(str(BENCHMARKS))


def test_the_same_seed_gives_the_same_requests(sets):
    again = [case.sample.wire() for case in sets["generate"].cases("held-out")]
    assert again == [case.sample.wire() for case in sets["held-out"]]


def test_there_are_as_many_as_are_told(sets):
    every = sets["tuned"] + sets["held-out"]
    assert sum(case.wanted == "block" for case in every) >= 3000
    assert sum(case.wanted == "pass" for case in every) >= 5000
    for wanted in ("block", "pass"):
        held, tuned = (sum(case.wanted == wanted for case in sets[part]) for part in ("held-out", "tuned"))
        assert held >= tuned / 3


def test_what_is_held_out_was_not_tuned_to(sets):
    tuned = {case.shown for case in sets["tuned"] if case.wanted == "block" and case.shown}
    held = {case.shown for case in sets["held-out"] if case.wanted == "block" and case.shown}
    assert held
    assert len(held & tuned) < len(held) / 50  # short ones may meet by chance


def test_json_of_good_will_is_json(sets):
    for case in sets["tuned"] + sets["held-out"]:
        kind = (case.sample.field(b"content-type") or b"").partition(b";")[0]
        if case.wanted == "pass" and kind.endswith(b"json") and not kind.endswith(b"ndjson"):
            assert json.loads(case.sample.body) is not None, case.sample.name


def test_no_bracket_is_left_and_no_head_is_broken(sets):
    for case in sets["tuned"] + sets["held-out"]:
        wire = case.sample.wire()
        assert "⟦".encode() not in wire, case.sample.name
        if case.kind != "protocol-abuse":
            assert b"\n" not in wire.partition(b"\r\n\r\n")[0].replace(b"\r\n", b""), case.sample.name


def test_brackets_are_expanded_from_the_inside(sets):
    found = sets["grammar"].Grammar({"a": ["b⟦c⟧"], "c": ["1"]}, Random(1))
    assert found.expand("⟦a⟧ ⟦b64:⟦a⟧⟧ ⟦rep:3:x⟧") == "b1 YjE= xxx"
    assert found.expand("⟦=hex⟧⟦=hex⟧".replace("hex", "c")) == "11"
    with pytest.raises(KeyError):
        found.expand("⟦nothing⟧")
