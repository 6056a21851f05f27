"""Reads dynamic rules as YAML has them; every fault with its line, as many at once as can be found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from edgeguard.config.rule_faults import RuleFault, RulesError, unknown
from edgeguard.config.yaml_items import Item, read_items
from edgeguard.dynamic.actions import DAY, Action, read_action, seconds_of
from edgeguard.dynamic.conditions import Wrong, read_condition, texts
from edgeguard.dynamic.keys import ACTORS, KEYS
from edgeguard.dynamic.model import Rule
from edgeguard.dynamic.window import HIGHEST, MOST_DISTINCT

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.dynamic.keys import Naming
    from edgeguard.dynamic.model import Event, Status

RULE_KEYS = {
    "id": "a name of lower-case letters, digits and hyphens; never used again for another rule",
    "title": "one line that tells what was seen; people and logs get it as the reason",
    "description": "why, and what to do about it",
    "status": "test | shadow | enforce | retired",
    "tags": "names such as owasp-2021/A07",
    "when": "which exchanges count; all, where nothing is said",
    "key": "what is counted apart: one part, or several together",
    "count": "events (the default), {distinct: PART}, or {sum: origin_ms | cost}",
    "limit": "at so many, the action is taken, and counting begins anew",
    "window": "in so long a time, such as 90s, 5m, 1h",
    "acts_on": "whom the action is for: address, net, client, account, token, session or login; else the first of these in `key`",
    "action": "log, ban, challenge, or {ban: {for: [1m, 10m, 1h]}}, {tighten: {requests: 5, seconds: 60, for: [10m]}}",
    "forget": "after so long a time of peace a repeater is none any more; a day, where nothing is said",
    "tests": "{act: [...], quiet: [...]}: what happens, and whether the rule then acts",
}
STATUSES = ("test", "shadow", "enforce", "retired")
SUMS = ("origin_ms", "cost")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
LONGEST_WINDOW = 7 * DAY


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that was read, with the scenarios it must stand."""

    rule: Rule
    tests: tuple[tuple[Item, bool], ...]
    file: str
    line: int
    item: Item

    def anew(self, naming: Naming) -> Rule:
        """The same rule with other hashes."""
        draft = _Reader(self.item, self.file, naming).read()
        return self.rule if draft is None else draft.rule


def read_rules(text: str, file: str, naming: Naming) -> tuple[list[Draft], list[RuleFault]]:
    """The rules of one file, and what is wrong with the others."""
    try:
        root = read_items(text, file)
    except RulesError as error:
        return [], list(error.faults)
    if not isinstance(root.value, list):
        return [], [RuleFault(file, root.line, "a file of dynamic rules is a list; begin each with `- id:`")]
    readers = [_Reader(item, file, naming) for item in root.value]
    drafts = [reader.read() for reader in readers]
    return [draft for draft in drafts if draft is not None], [fault for reader in readers for fault in reader.faults]


class _Reader:
    """One rule. Each part notes its own fault and goes on, so that all are told."""

    def __init__(self, item: Item, file: str, naming: Naming) -> None:
        self.item = item
        self.file = file
        self.naming = naming
        self.faults: list[RuleFault] = []
        self._keys: dict[str, Item] = item.value if isinstance(item.value, dict) else {}

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(RuleFault(self.file, line, text))

    def read(self) -> Draft | None:
        if not self._keys:
            self._fault(self.item.line, "a rule is a mapping that begins with `id:`")
            return None
        for key, item in self._keys.items():
            if key not in RULE_KEYS:
                self._fault(item.line, unknown("key", key, RULE_KEYS))
        parts = self._parts("key")
        when = self._keys.get("when")
        if when is not None and not isinstance(when.value, dict):
            self._fault(when.line, "when is a mapping such as {status: [401, 403], path: /login}")
        items = when.value if when is not None and isinstance(when.value, dict) else {}
        by_address = bool({"address", "net"} & set(parts))
        condition = read_condition(items, self._fault, by_address=by_address)
        thing, weight = self._count()
        action = self._action()
        status = self._choice("status", "enforce", STATUSES)
        rule = Rule(
            id=self._id(),
            title=self._text("title"),
            status=cast("Status", status),
            statuses=condition.statuses,
            fits=condition.fits,
            key=self.naming.together(parts) if parts else lambda _: None,
            item=thing,
            weight=weight,
            subject=self.naming.subject(self._actor(parts)),
            limit=self._limit(distinct=thing is not None),
            window=self._duration("window", 60.0),
            act=action.act,
            lengths=action.lengths,
            forget=self._duration("forget", DAY),
            requests=action.requests,
            seconds=action.seconds,
            source=f"{self.file}:{self.item.line}",
            canonical=json.dumps(self.item.plain, sort_keys=True, ensure_ascii=False, default=str),
            glance=condition.glance,
            words=self._words(parts),
        )
        tests = self._tests()
        if status in ("enforce", "shadow"):
            for wanted, word in ((True, "act"), (False, "quiet")):
                if not any(acts is wanted for _, acts in tests):
                    self._fault(self.item.line, f"a rule in `{status}` needs at least one test under tests.{word}")
        return None if self.faults else Draft(rule, tests, self.file, self.item.line, self.item)

    def _words(self, parts: list[str]) -> str:
        plain = self.item.plain if isinstance(self.item.plain, dict) else {}
        return f"{plain.get('limit')} {json.dumps(plain.get('count', 'events'))} by {'+'.join(parts)} in {plain.get('window')}"

    def _text(self, key: str) -> str:
        item = self._keys.get(key)
        if item is None:
            self._fault(self.item.line, f"the key '{key}' is missing")
        elif not isinstance(item.value, str) or not item.value.strip():
            self._fault(item.line, f"{key} is a text")
        else:
            return item.value
        return ""

    def _id(self) -> str:
        name = self._text("id")
        if name and (not _LETTERS.issuperset(name) or len(name) > 48):
            self._fault(self._keys["id"].line, f"'{name}': an id has lower-case letters, digits and hyphens, at most 48")
        if name == "by-hand":
            self._fault(self._keys["id"].line, "'by-hand' is what a person orders, and no rule's id")
        return name

    def _choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        item = self._keys.get(key)
        if item is None or item.value in choices:
            return default if item is None else str(item.value)
        self._fault(item.line, unknown(key, str(item.value), choices))
        return default

    def _parts(self, key: str) -> list[str]:
        item = self._keys.get(key)
        if item is None:
            self._fault(self.item.line, f"the key '{key}' is missing; it says what is counted apart, such as address")
            return []
        return self._known(item)

    def _known(self, item: Item) -> list[str]:
        """Names of parts, all of which exist; none where a fault was told."""
        try:
            names = texts(item)
        except Wrong as wrong:
            self._fault(item.line, str(wrong))
            return []
        for name in names:
            if not (name.startswith("header:") and len(name) > 7) and (name not in KEYS or ":" in name):
                self._fault(item.line, unknown("part", name, KEYS))
                return []
        return names

    def _count(self) -> tuple[Callable[[Event], str | None] | None, Callable[[Event], int] | None]:
        item = self._keys.get("count")
        if item is None or item.value == "events":
            return None, None
        if isinstance(item.value, dict) and len(item.value) == 1:
            ((kind, what),) = item.value.items()
            if kind == "distinct" and (names := self._known(what)):
                return self.naming.together(names), None
            if kind == "sum" and what.value in SUMS:
                return None, _SUMS[str(what.value)]
            if kind == "distinct":
                return None, None
        self._fault(item.line, f"count is `events`, {{distinct: PART}}, or {{sum: {' or '.join(SUMS)}}}")
        return None, None

    def _limit(self, *, distinct: bool) -> int:
        item = self._keys.get("limit")
        most = MOST_DISTINCT if distinct else HIGHEST // 2
        if item is None:
            self._fault(self.item.line, "the key 'limit' is missing")
        elif not isinstance(item.value, int) or isinstance(item.value, bool) or not 1 <= item.value <= most:
            self._fault(item.line, f"limit is a whole number from 1 to {most}")
        else:
            return item.value
        return 1

    def _duration(self, key: str, default: float) -> float:
        item = self._keys.get(key)
        if item is None:
            if key == "window":
                self._fault(self.item.line, "the key 'window' is missing")
            return default
        found = seconds_of(item.value)
        if found is None or not 1 <= found <= LONGEST_WINDOW:
            self._fault(item.line, f"{key} is a time from 1s to 7d, such as 90s, 5m, 12h")
            return default
        return found

    def _actor(self, parts: list[str]) -> str:
        item = self._keys.get("acts_on")
        if item is not None:
            return self._choice("acts_on", "address", ACTORS)
        return next((name for name in ACTORS if name in parts), "address")

    def _action(self) -> Action:
        item = self._keys.get("action")
        if item is None:
            self._fault(self.item.line, "the key 'action' is missing")
            return Action("log", (DAY,))
        try:
            return read_action(item.plain)
        except Wrong as wrong:
            self._fault(item.line, str(wrong))
            return Action("log", (DAY,))

    def _tests(self) -> tuple[tuple[Item, bool], ...]:
        item = self._keys.get("tests")
        if item is None:
            return ()
        if not isinstance(item.value, dict):
            self._fault(item.line, "tests holds `act` and `quiet`")
            return ()
        made = []
        for key, scenarios in item.value.items():
            if key not in ("act", "quiet"):
                self._fault(scenarios.line, unknown("key", key, ("act", "quiet")))
                continue
            given = scenarios.value if isinstance(scenarios.value, list) else [scenarios]
            made += [(scenario, key == "act") for scenario in given]
        return tuple(made)


_SUMS: dict[str, Callable[[Event], int]] = {
    "origin_ms": lambda event: int(event.origin_seconds * 1000),
    "cost": lambda event: event.cost,
}
