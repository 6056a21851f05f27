"""Reads rules as EdgeGuard's YAML has them into the rule model; every fault with its line, as many at once as can be found."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, cast

from edgeguard.waf import condition
from edgeguard.waf.faults import Refused, RuleFault, RulesError, unknown
from edgeguard.waf.leaks import unmaskable
from edgeguard.waf.model import SCORES, Action, Rule, Selection, Term
from edgeguard.waf.operators.registry import OPERATORS, make_operator
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import RuleTest
from edgeguard.waf.targets.registry import make_target
from edgeguard.waf.transformations.registry import TRANSFORMATIONS
from edgeguard.waf.yaml_items import Item, read_items

if TYPE_CHECKING:
    from edgeguard.waf.model import Sensitivity, Severity, Status
    from edgeguard.waf.transformations.registry import Transformation

KEYS = {
    "id": "a name of lower-case letters, digits and hyphens; never used again for another rule",
    "title": "one line that tells what was found",
    "description": "why, and what to do about it",
    "references": "addresses to read",
    "status": "test | shadow | enforce | retired",
    "severity": "info | low | medium | high | critical",
    "sensitivity": "balanced | strict; a strict rule is asked only where a dial says so, see tuning.md",
    "tags": "names such as owasp-2021/A03 or cwe/89",
    "phase": "the phase in which alone it is decided; as soon as it holds where nothing is said",
    "match": "selections by name",
    "condition": "selections joined by and, or, not and parentheses; needed where there are several",
    "action": "score (by severity), {score: n}, block, {block: {status: n}}, mask (of a response's body), or log",
    "tests": "{match: [...], pass: [...]}",
}
STATUSES = ("test", "shadow", "enforce", "retired")
SENSITIVITIES = ("balanced", "strict")
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-")
_WORDS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")


@dataclass(frozen=True, slots=True)
class Draft:
    """A rule that was read, with the tests it must stand and its line."""

    rule: Rule
    tests: tuple[RuleTest, ...]
    file: str
    line: int


def read_rules(text: str, file: str) -> tuple[list[Draft], list[RuleFault]]:
    """The rules of one file, and what is wrong with the others."""
    try:
        root = read_items(text, file)
    except RulesError as error:
        return [], list(error.faults)
    if not isinstance(root.value, list):
        return [], [RuleFault(file, root.line, "a rule file is a list of rules; begin each with `- id:`")]
    drafts: list[Draft] = []
    faults: list[RuleFault] = []
    for item in root.value:
        reader = _RuleReader(item, file)
        draft = reader.read()
        faults += reader.faults
        if draft is not None:
            drafts.append(draft)
    return drafts, faults


class _RuleReader:
    """One rule. Each part notes its own fault and goes on, so that all are told."""

    def __init__(self, item: Item, file: str) -> None:
        self.item = item
        self.file = file
        self.faults: list[RuleFault] = []
        self._keys: dict[str, Item] = item.value if isinstance(item.value, dict) else {}

    def _fault(self, line: int, text: str) -> None:
        self.faults.append(RuleFault(self.file, line, text))

    def read(self) -> Draft | None:
        if not self._keys:
            self._fault(self.item.line, "a rule is a mapping that begins with `id:`")
            return None
        for key, item in self._keys.items():
            if key not in KEYS:
                self._fault(item.line, unknown("key", key, KEYS))
        severity = cast("Severity", self._choice("severity", "medium", tuple(SCORES)))
        selections = self._selections()
        rule = Rule(
            id=self._id(),
            title=self._text("title", required=True),
            status=cast("Status", self._choice("status", "enforce", STATUSES)),
            severity=severity,
            tags=tuple(self._texts("tags")),
            phase=self._phase(selections),
            selections=selections,
            condition=self._condition(selections),
            action=self._action(severity, selections),
            source=f"{self.file}:{self.item.line}",
            canonical=json.dumps(self.item.plain, sort_keys=True, ensure_ascii=False),
            pack=PurePath(self.file).stem,
            sensitivity=cast("Sensitivity", self._choice("sensitivity", "balanced", SENSITIVITIES)),
        )
        self._texts("references")
        self._text("description")
        tests = self._tests()
        if rule.status in ("enforce", "shadow"):
            for wanted, word in ((True, "match"), (False, "pass")):
                if not any(test.matches is wanted for test in tests):
                    self._fault(self.item.line, f"a rule in `{rule.status}` needs at least one test under tests.{word}")
        return None if self.faults else Draft(rule, tests, self.file, self.item.line)

    def _text(self, key: str, *, required: bool = False) -> str:
        item = self._keys.get(key)
        if item is None:
            if required:
                self._fault(self.item.line, f"the key '{key}' is missing")
            return ""
        if not isinstance(item.value, str) or not item.value.strip():
            self._fault(item.line, f"{key} is a text")
            return ""
        return item.value

    def _texts(self, key: str) -> list[str]:
        item = self._keys.get(key)
        if item is None:
            return []
        if not isinstance(item.value, list) or not all(isinstance(each.value, str) for each in item.value):
            self._fault(item.line, f"{key} is a list of texts")
            return []
        return [each.value for each in item.value]

    def _choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        item = self._keys.get(key)
        if item is None:
            return default
        if item.value not in choices:
            self._fault(item.line, unknown(key, str(item.value), choices))
            return default
        return str(item.value)

    def _id(self) -> str:
        name = self._text("id", required=True)
        if name and (not _LETTERS.issuperset(name) or len(name) > 64):
            self._fault(self._keys["id"].line, f"'{name}': an id has lower-case letters, digits and hyphens, at most 64")
        if name.startswith("eg-0"):
            self._fault(self._keys["id"].line, f"'{name}': ids from eg-0 on are the engine's own")
        return name

    def _phase(self, selections: tuple[Selection, ...]) -> Phase | None:
        item = self._keys.get("phase")
        if item is None:
            return None
        known = {phase.name.lower(): phase for phase in Phase}
        phase = known.get(str(item.value))
        if phase is None:
            self._fault(item.line, unknown("phase", str(item.value), known))
            return None
        for selection in selections:
            for term in selection.terms:
                if all(source.phase > phase for source in term.target.sources):
                    self._fault(item.line, f"{term.target.name} is not known yet in the phase {item.value}")
        return phase

    def _selections(self) -> tuple[Selection, ...]:
        item = self._keys.get("match")
        if item is None or not isinstance(item.value, dict) or not item.value:
            self._fault(item.line if item else self.item.line, "match holds at least one named selection")
            return ()
        made = []
        for name, body in item.value.items():
            if not _WORDS.issuperset(name) or name in ("and", "or", "not"):
                self._fault(
                    body.line, f"'{name}': a selection's name has letters, digits and underscores, and is no word of conditions"
                )
            options = body.value if isinstance(body.value, list) else [body]
            alternatives = tuple(terms for option in options if (terms := self._terms(option)))
            if not options:
                self._fault(body.line, f"the selection '{name}' is empty")
            made.append(Selection(name, alternatives))
        return tuple(made)

    def _terms(self, item: Item) -> tuple[Term, ...]:
        if not isinstance(item.value, dict) or not item.value:
            self._fault(item.line, "a selection is a mapping such as {http.request.path|starts_with: /admin}, or a list of such")
            return ()
        terms = []
        for key, arguments in item.value.items():
            try:
                terms.append(_term(key, arguments))
            except Refused as error:
                self._fault(arguments.line, f"{key}: {error}")
        return tuple(terms)

    def _condition(self, selections: tuple[Selection, ...]) -> condition.Node:
        item = self._keys.get("condition")
        names = [selection.name for selection in selections]
        if item is None:
            if len(names) > 1:
                self._fault(self.item.line, "several selections need a condition")
            return condition.Name(names[0] if names else "")
        try:
            return condition.parse(str(item.value), names)
        except Refused as error:
            if names:
                self._fault(item.line, str(error))
            return condition.Name("")

    def _action(self, severity: Severity, selections: tuple[Selection, ...]) -> Action:
        item = self._keys.get("action")
        score = SCORES[severity]
        if item is None or item.value == "score":
            return Action(score)
        if item.value == "block":
            sources = {source for selection in selections for term in selection.terms for source in term.target.sources}
            is_answer = any(source.phase in (Phase.RESPONSE_HEAD, Phase.RESPONSE_BODY) for source in sources)
            return Action(score, 502 if is_answer else 403)  # what an origin says is no fault of who asked
        if item.value == "log":
            return Action(0, logs=True)
        if item.value == "mask":
            if problem := unmaskable(selections):
                self._fault(item.line, problem)
            return Action(0, masks=True)
        plain = item.plain
        if isinstance(plain, dict) and len(plain) == 1:
            if isinstance(plain.get("score"), int) and 0 <= plain["score"] <= 100:
                return Action(plain["score"])
            block = plain.get("block")
            if isinstance(block, dict) and list(block) == ["status"] and block["status"] in range(400, 600):
                return Action(score, block["status"])
        self._fault(item.line, "action is `score`, {score: 0 to 100}, `block`, {block: {status: 400 to 599}}, `mask`, or `log`")
        return Action(score)

    def _tests(self) -> tuple[RuleTest, ...]:
        item = self._keys.get("tests")
        if item is None:
            return ()
        if not isinstance(item.value, dict):
            self._fault(item.line, "tests holds `match` and `pass`")
            return ()
        made = []
        for key, requests in item.value.items():
            if key not in ("match", "pass"):
                self._fault(requests.line, unknown("key", key, ("match", "pass")))
                continue
            for request in requests.value if isinstance(requests.value, list) else [requests]:
                plain = request.plain
                if isinstance(plain, dict):
                    made.append(RuleTest(plain, key == "match", request.line))
                else:
                    self._fault(request.line, "a test is a request such as {path: /, query: {q: text}}")
        return tuple(made)


def _term(key: str, arguments: Item) -> Term:
    """The term that `target|transformations|operator|quantifier: arguments` means."""
    name, *parts = key.split("|")
    target = make_target(name)
    pipeline: list[Transformation] = []
    operator = ""
    quantifier = ""
    for part in parts:
        if part in ("any", "all"):
            if quantifier:
                raise Refused("`any` and `all` are said once, at the end")
            quantifier = part
        elif part in OPERATORS:
            if operator:
                raise Refused(f"there are two operators, {operator} and {part}")
            operator = part
        elif part not in TRANSFORMATIONS:
            raise Refused(unknown("transformation or operator", part, {*TRANSFORMATIONS, *OPERATORS}))
        elif operator or quantifier:
            raise Refused(f"the transformation {part} stands behind the operator")
        else:
            pipeline.append(TRANSFORMATIONS[part])
    plain = arguments.plain
    values = plain if isinstance(plain, list) else [plain]
    question = make_operator(operator or "equals", values, all_of=quantifier == "all")
    return Term(target, tuple(pipeline), question, written=f"{key}: {' | '.join(map(str, values))}")
