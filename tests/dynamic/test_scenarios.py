from __future__ import annotations

import pytest

from edgeguard.config.yaml_items import read_items
from edgeguard.dynamic.scenarios import STEP_KEYS, _Senseless, play


def run(rule, naming, text: str) -> int:
    return play(rule, read_items(text, "t"), naming)


def test_steps_happen_on_a_clock_of_their_own(rule, naming) -> None:
    one = rule("window: 10s")
    assert run(one, naming, "{times: 3}") == 3
    assert run(one, naming, "{times: 30, every: 6s}") == 0
    assert run(one, naming, "[{times: 2}, {address: 198.51.100.1}, {}]") == 4


def test_a_number_stands_for_the_turn(rule, naming) -> None:
    one = rule("count: {distinct: path}")
    assert run(one, naming, "{times: 30, path: /x}") == 0
    assert run(one, naming, "{times: 30, path: '/x-#'}") == 3


@pytest.mark.parametrize("key", ["token", "session", "agent", "login", "password"])
def test_secrets_can_be_told_apart(rule, naming, key) -> None:
    name = key if key != "agent" else "agent"
    assert run(rule(f"count: {{distinct: {name}}}"), naming, f"{{times: 30, {key}: 'x#'}}") == 3
    assert run(rule(f"count: {{distinct: {name}}}"), naming, f"{{times: 30, {key}: x}}") == 0


def test_fields(rule, naming) -> None:
    assert run(rule("key: 'header:x-key'"), naming, "{times: 3, headers: {X-Key: a}}") == 3
    assert run(rule("key: 'header:x-key'"), naming, "{times: 3, headers: {X-Key: 'a#'}}") == 0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[x]", "a step is a mapping"),
        ("{tims: 3}", "did you mean 'times'"),
        ("{times: 0}", "whole number"),
        ("{times: 30000}", "whole number"),
        ("[{times: 15000}, {times: 15000}]", "20000 events at most"),
        ("{every: soon}", "every is a time"),
    ],
)
def test_what_makes_no_sense(rule, naming, text, told) -> None:
    with pytest.raises(_Senseless, match=told):
        run(rule("limit: 100000"), naming, text)


def test_every_key_is_described() -> None:
    assert all(STEP_KEYS.values())
