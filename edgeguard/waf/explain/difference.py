"""What differs between two rulesets, rule by rule: added, removed, changed, and of a changed rule which part."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from edgeguard.waf.explain.catalogue import catalogue
from edgeguard.waf.seclang.spell import script

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from edgeguard.waf.model import Rule
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.syntax import SecRule

Kind = Literal["added", "removed", "changed"]
_FIRST: Final = ("status", "severity", "sensitivity", "action", "phase", "match", "condition", "title", "tags")
_LONG: Final = 200  # characters of a value that are shown to a person


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule that differs.

    Attributes:
        name: `status`, `match.word.http.request.query|contains`, `tests.match`; `text` of a rule in SecLang.
        before, after: None where it was not there, or is no more.
    """

    name: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A rule that differs; `parts` are those of a changed one."""

    kind: Kind
    id: str
    title: str
    place: str
    parts: tuple[Part, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        parts = [{"part": part.name, "before": part.before, "after": part.after} for part in self.parts]
        return {"kind": self.kind, "rule": self.id, "title": self.title, "place": self.place, "parts": parts}


@dataclass(frozen=True, slots=True)
class Side:
    """One of two sides.

    Attributes:
        rules: of EdgeGuard's own language.
        scripts: with the rules of SecLang; None where there are none.
        texts: these as they were read, by number.
    """

    rules: tuple[Rule, ...]
    scripts: Ruleset | None = None
    texts: Mapping[int, SecRule] = field(default_factory=dict)


def differences(old: Side, new: Side) -> list[Difference]:
    """All of them, by the rule's id in the order of `new`, then those that are gone."""
    before, after = _rules(old), _rules(new)
    found = []
    for name, rule in after.items():
        if name not in before:
            found.append(Difference("added", name, rule.title, rule.place))
        elif parts := tuple(_parts(before[name].parts, rule.parts)):
            found.append(Difference("changed", name, rule.title, rule.place, parts))
    found += [Difference("removed", name, rule.title, rule.place) for name, rule in before.items() if name not in after]
    return found


def lines(found: Sequence[Difference]) -> Iterator[str]:
    """For people."""
    signs = {"added": "+", "removed": "-", "changed": "~"}
    for one in found:
        yield f"{signs[one.kind]} {one.id}  {one.title}  ({one.place})"
        for part in one.parts:
            if part.before is not None:
                yield f"    - {part.name}: {_short(part.before)}"
            if part.after is not None:
                yield f"    + {part.name}: {_short(part.after)}"
    counts = {kind: sum(one.kind == kind for one in found) for kind in signs}
    yield "no rule differs" if not found else ", ".join(f"{count} {kind}" for kind, count in counts.items() if count)


@dataclass(frozen=True, slots=True)
class _Rule:
    title: str
    place: str
    parts: dict[str, str]


def _rules(side: Side) -> dict[str, _Rule]:
    rules = {rule.id: _Rule(rule.title, rule.source, _flat(json.loads(rule.canonical))) for rule in side.rules}
    if side.scripts is not None:
        texts = {chain.id: side.texts.get(chain.number) for chain in side.scripts.chains}
        for entry in catalogue(side.scripts):
            text = texts.get(entry.id)
            rules[entry.id] = _Rule(entry.title, f"{entry.file}:{entry.line}", {} if text is None else {"text": script(text)})
    return rules


def _flat(rule: Mapping[str, Any]) -> dict[str, str]:
    """A rule's parts by name. Values that stand in a list are parts by themselves, so that one more is one line."""
    keys = [key for key in _FIRST if key in rule] + [key for key in rule if key not in _FIRST]
    return {name: text for key in keys if key != "id" for name, text in _parts_of(key, rule[key])}


def _parts_of(name: str, value: object) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict) and value and name != "action" and not name.startswith("tests."):
        for key, child in value.items():
            yield from _parts_of(f"{name}.{key}", child)
    elif isinstance(value, list):
        for each in value:
            text = each if isinstance(each, str) else json.dumps(each, ensure_ascii=False)
            yield f"{name}\0{text}", text
    else:
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _parts(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[Part]:
    for name in dict.fromkeys((*before, *after)):
        if before.get(name) != after.get(name):
            yield Part(name.partition("\0")[0], before.get(name), after.get(name))


def _short(text: str) -> str:
    return text if len(text) <= _LONG else f"{text[:_LONG]} … ({len(text)} characters)"
