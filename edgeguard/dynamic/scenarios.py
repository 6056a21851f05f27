"""A dynamic rule's own tests: what happens, step by step on a clock of its own, and whether the rule then acts.

    tests:
      act:   [{times: 30, every: 1s, path: "/wp-#", status: 404}]
      quiet: [{times: 30, every: 1m, path: "/wp-#", status: 404}]

A scenario is a step, or a list of them. A step is an event and how often it happens; `#` in a text is its running number.
"""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from edgeguard.config.rule_faults import RuleFault, unknown
from edgeguard.dynamic.actions import seconds_of
from edgeguard.dynamic.engine import Dynamic
from edgeguard.dynamic.hashing import Hasher
from edgeguard.dynamic.keys import Naming
from edgeguard.dynamic.model import Event
from edgeguard.message import Headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.config.yaml_items import Item
    from edgeguard.dynamic.model import Rule
    from edgeguard.dynamic.reader import Draft

STEP_KEYS = {
    "times": "how often it happens; once, where nothing is said",
    "every": "the time between two of them, such as 1s; all at once, where nothing is said",
    "token": "the credential in Authorization",
    "session": "the session cookie's value",
    "login": "the name that a login tries",
    "password": "the password that it tries",
    "agent": "the field User-Agent",
    "headers": "other fields of the request",
    **{field.name: "as in the event" for field in fields(Event) if field.name not in ("headers", "login", "password")},
}
MOST_STEPS = 20_000  # events of one scenario: what takes longer to happen than a start may take is no test
START = 1_700_000_000.0
_ELSEWHERE = "203.0.113.7"
_NAMING = Naming(Hasher(b"tests of dynamic rules"))


def failure(draft: Draft) -> RuleFault | None:
    """The first test that a rule fails, told for people; None where it stands all.

    Hashes have a key of their own here, so that the same rule stands or fails at each start.
    """
    rule = draft.anew(_NAMING)
    for scenario, acts in draft.tests:
        try:
            began = play(rule, scenario, _NAMING)
        except _Senseless as senseless:
            return RuleFault(draft.file, senseless.line, senseless.text)
        if began and not acts:
            text = f"{draft.rule.id} acts at the event {began}, but this is to be left alone"
            return RuleFault(draft.file, scenario.line, text)
        if acts and not began:
            return RuleFault(draft.file, scenario.line, f"{draft.rule.id} does not act, but here it should")
    return None


def play(rule: Rule, scenario: Item, naming: Naming) -> int:
    """Let it happen to an engine of its own; the number of the event at which the rule first acts, or 0."""
    engine = Dynamic([rule], naming, room=10_000)
    now, number = START, 0
    for step in scenario.value if isinstance(scenario.value, list) else [scenario]:
        times, every, make = _step(step, naming)
        for turn in range(1, times + 1):
            number += 1
            if number > MOST_STEPS:
                raise _Senseless(step.line, f"a test has {MOST_STEPS} events at most")
            now += every
            if engine.observe(make(turn), now):
                return number
    return 0


class _Senseless(Exception):
    def __init__(self, line: int, text: str) -> None:
        super().__init__(text)
        self.line, self.text = line, text


def _step(step: Item, naming: Naming) -> tuple[int, float, Callable[[int], Event]]:
    if not isinstance(step.value, dict):
        raise _Senseless(step.line, "a step is a mapping such as {times: 30, every: 1s, status: 404}")
    said = {key: item.plain for key, item in step.value.items()}
    for key, item in step.value.items():
        if key not in STEP_KEYS:
            raise _Senseless(item.line, unknown("key", key, STEP_KEYS))
    times, every = said.pop("times", 1), seconds_of(said.pop("every", 0))
    if not isinstance(times, int) or not 1 <= times <= MOST_STEPS:
        raise _Senseless(step.line, f"times is a whole number from 1 to {MOST_STEPS}")
    if every is None:
        raise _Senseless(step.line, "every is a time such as 1s")
    return times, every, lambda turn: _event(said, turn, naming)


def _event(said: dict[str, object], turn: int, naming: Naming) -> Event:
    def filled(value: object) -> object:
        if isinstance(value, list):
            return [filled(one) for one in value]
        return value.replace("#", str(turn)) if isinstance(value, str) else value

    found = {key: filled(value) for key, value in said.items()}
    headers = Headers()
    more = found.pop("headers", None) or {}
    for name, value in more.items() if isinstance(more, dict) else ():
        headers.add(str(name).lower().encode(), str(filled(value)).encode())
    for key, name, start in (("token", b"authorization", b"Bearer "), ("agent", b"user-agent", b"")):
        if key in found:
            headers.add(name, start + str(found.pop(key)).encode())
    if "session" in found and naming.sessions:
        headers.add(b"cookie", naming.sessions[0] + b"=" + str(found.pop("session")).encode())
    for key in ("login", "password"):
        if key in found:
            found[key] = naming.hasher.name(key, str(found[key]).encode())
    return Event(**{"address": _ELSEWHERE, "headers": headers, **found})  # type: ignore[arg-type]  # keys of the table above
