"""All rules of a ruleset in one list, of both languages, with what became of each when they were loaded."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any, Literal

from edgeguard.waf.actions.ctl import id_ranges
from edgeguard.waf.explain.docs import operator_line, spelled, transformation_line
from edgeguard.waf.explain.trace import is_about_variables, level_of
from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.known_actions import SEVERITIES
from edgeguard.waf.seclang.partial import settle
from edgeguard.waf.seclang.spell import script
from edgeguard.waf.transformations.registry import seclang_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from edgeguard.waf.model import Rule, Term
    from edgeguard.waf.ruleset import Ruleset
    from edgeguard.waf.seclang.chain import ChainLink, ChainRule
    from edgeguard.waf.seclang.syntax import SecRule

STATUSES = {
    "active": "asked of requests",
    "on-change": "about variables alone: asked only where a rule that matched has changed them",
    "settled": "about variables alone, which settings make constant: worked out when rules are loaded",
    "left-out": "never asked with these settings",
    "enforce": "asked of requests",
    "shadow": "asked, and told; counts for nothing",
    "test": "not asked",
    "retired": "not asked; its id stays taken",
}
_SHOWN = 5  # patterns of the gate


@dataclass(frozen=True, slots=True)
class Entry:
    """A rule.

    Attributes:
        status: a key of `STATUSES`.
        why: why it is left out; empty for others.
        level: its paranoia level; 0 where it has none.
    """

    id: str
    language: Literal["seclang", "edgeguard"]
    title: str
    file: str
    line: int
    phase: int
    severity: str
    tags: tuple[str, ...]
    level: int
    status: str
    why: str = ""

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "id": self.id,
            "language": self.language,
            "title": self.title,
            "file": self.file,
            "line": self.line,
            "phase": self.phase or None,
            "severity": self.severity,
            "tags": list(self.tags),
            "paranoia": self.level or None,
            "status": self.status,
            "why": self.why or STATUSES[self.status],
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries are wanted; None or empty wants all.

    Attributes:
        ids: numbers and ranges with commas between, or a name with `*`.
        phase: 1 to 5.
        paranoia: rules of this level.
        file: a part of the file's name.
    """

    ids: str = ""
    tag: str = ""
    phase: int | None = None
    language: str = ""
    severity: str = ""
    status: str = ""
    paranoia: int | None = None
    file: str = ""

    def takes(self, entry: Entry) -> bool:
        """Whether the entry is wanted.

        Raises:
            Refused: `ids` are neither numbers nor names.
        """
        return (
            (not self.ids or meets(self.ids, entry.id))
            and (not self.tag or any(fnmatchcase(tag, self.tag) or tag == self.tag for tag in entry.tags))
            and (self.phase is None or entry.phase == self.phase)
            and (not self.language or entry.language == self.language)
            and (not self.severity or entry.severity == self.severity.lower())
            and (not self.status or entry.status == self.status)
            and (self.paranoia is None or entry.level == self.paranoia)
            and (not self.file or self.file in entry.file)
        )


def meets(ids: str, name: str) -> bool:
    """Whether a rule's id is among `942100-942199,930120`, or fits `eg-1*`.

    Raises:
        Refused: a range is none.
    """
    if not ids[:1].isdigit():
        return any(fnmatchcase(name, part.strip()) for part in ids.split(","))
    return name.isdigit() and any(first <= int(name) <= last for first, last in id_ranges(ids))


def catalogue(ruleset: Ruleset) -> list[Entry]:
    """All rules, in the order in which they are asked."""
    return [*map(_own, ruleset.rules), *_chains(ruleset)]


def _own(rule: Rule) -> Entry:
    file, _, line = rule.source.rpartition(":")
    return Entry(
        id=rule.id,
        language="edgeguard",
        title=rule.title,
        file=file,
        line=int(line) if line.isdigit() else 1,
        phase=0 if rule.phase is None else rule.phase + 1,
        severity=rule.severity,
        tags=rule.tags,
        level=0,
        status=rule.status,
    )


def _chains(ruleset: Ruleset) -> Iterable[Entry]:
    engine_off = ruleset.seclang.rule_engine == "off"
    kept = {} if engine_off else {item.order: item for item in settle(ruleset.chains).items}
    crs = ruleset.settings.crs
    detection = 4 if crs is None else max(crs.paranoia, crs.detection_paranoia or 0)
    for place, rule in enumerate(ruleset.chains):
        level = level_of(rule)
        item = kept.get(place)
        why = ""
        if item is not None:
            status = "on-change" if item.about_variables else "active"
        elif engine_off:
            status, why = "left-out", "SecRuleEngine is Off"
        elif level > detection:
            status, why = "left-out", f"its paranoia level is {level}, and rules up to {detection} are asked"
        elif is_about_variables(rule):
            status = "settled"
        else:
            status, why = "left-out", "a rule before it jumps over it, or variables that it asks for never have that value"
        yield Entry(
            id=rule.id,
            language="seclang",
            title=rule.title,
            file=rule.place.file,
            line=rule.place.line,
            phase=rule.phase + 1,
            severity="" if rule.severity is None else SEVERITIES[rule.severity],
            tags=rule.tags,
            level=level,
            status=status,
            why=why,
        )


@dataclass(frozen=True, slots=True)
class Look:
    """How one question of a rule is asked.

    Attributes:
        looks_at: the targets, as the rule names them.
        question: the operator as written; its name where nobody has the text.
        gate: how the gate asks it, in words.
        patterns: some of what the gate looks for.
        docs: names of operator and transformations, each with a line on it.
    """

    looks_at: str
    question: str
    pipeline: tuple[str, ...]
    gate: str
    patterns: tuple[str, ...]
    docs: tuple[tuple[str, str], ...]


def looks(ruleset: Ruleset, name: str, texts: Mapping[int, SecRule]) -> list[Look]:
    """The questions of a rule, in order."""
    for rule in ruleset.rules:
        if rule.id == name:
            return [_own_look(term) for term in dict.fromkeys(rule.terms)]
    for chain in ruleset.chains:
        if chain.id == name:
            return [_chain_look(chain, number, texts.get(chain.number)) for number in range(len(chain.links))]
    return []


def text_of(entry: Entry, texts: Mapping[int, SecRule], read: str) -> str:
    """A rule as it is written: SecLang with defaults, changes and exclusions applied, YAML as it stands in its file.

    Args:
        entry: which.
        texts: SecLang rules as they were read.
        read: what is in the entry's file; SecLang does without.
    """
    if entry.language == "seclang":
        rule = texts.get(int(entry.id))
        return "" if rule is None else script(rule)
    lines = read.split("\n")[entry.line - 1 :]
    if not lines:
        return ""
    indent = len(lines[0]) - len(lines[0].lstrip(" "))
    last = next((at for at, line in enumerate(lines[1:], 1) if line.strip() and line[: indent + 1].strip()), len(lines))
    return "\n".join(lines[:last]).rstrip()


def find(entries: Iterable[Entry], name: str) -> Entry:
    """The rule of that id.

    Raises:
        Refused: there is none.
    """
    known = list(entries)
    for entry in known:
        if entry.id == name:
            return entry
    near = [entry.id for entry in known if entry.id.startswith(name[:-1]) or entry.id[:3] == name[:3]][:3]
    hint = f"; there are {', '.join(near)}, …" if near else "; `edgeguard rules list` shows them all"
    raise Refused(f"no rule has the id {name}{hint}")


def _own_look(term: Term) -> Look:
    operator = _module_name(term.operator)
    names = tuple(step.name for step in term.pipeline)
    docs = [(name, transformation_line(name)) for name in names]
    if operator:
        docs.insert(0, (operator, operator_line(operator, seclang=False)))
    return Look(term.target.name, operator, names, *_gate([term]), tuple(docs))


def _module_name(operator: object) -> str:
    """What YAML calls an operator; empty for several joined, which have no name."""
    module = type(operator).__module__.rpartition(".")[2]
    return "" if module == "protocol" else module.removeprefix("is_")


def _chain_look(rule: ChainRule, number: int, text: SecRule | None) -> Look:
    link = rule.links[number]
    if link.selection is None:
        return Look("", "", (), "it always holds", (), ())
    written = text.links[number] if text is not None and number < len(text.links) else None
    looks_at = "|".join(map(str, written.variables)) if written is not None else ""
    question = ""
    docs: list[tuple[str, str]] = []
    if written is not None and written.operation is not None:
        operator = spelled(written.operation.name)
        sign = "!" if written.operation.negated else ""
        question = f"{sign}@{operator} {written.operation.argument}".rstrip()
        docs.append((f"@{operator}", operator_line(operator, seclang=True)))
    names = tuple(seclang_name(step.name) for step in link.pipeline)
    docs += [(f"t:{shown}", transformation_line(step.name)) for shown, step in zip(names, link.pipeline, strict=True)]
    return Look(looks_at, question, names, *_chain_gate(link), tuple(dict.fromkeys(docs)))


def _chain_gate(link: ChainLink) -> tuple[str, tuple[str, ...]]:
    if not link.terms:
        why = "its argument has macros" if link.question is not None else "it looks at what rules and phases change"
        return f"the gate is not asked: {why}", ()
    return _gate(link.terms)


def _gate(terms: Iterable[Term]) -> tuple[str, tuple[str, ...]]:
    """How the gate asks terms that differ in their targets alone."""
    asked = list(terms)
    first = asked[0]
    if first.operator.of_list or first.target.count:
        return "it is about how many values there are, which is asked exactly", ()
    if first.negated:
        return "asked exactly of every value: it is negated", ()
    gate = first.operator.gate
    if gate is None:
        return "asked exactly of every value: no pattern stands for it", ()
    count = "one pattern" if len(gate) == 1 else f"one of {len(gate)} patterns"
    patterns = tuple(expression.text.decode("latin-1") for expression in gate[:_SHOWN])
    return f"in one scan with all others: it is asked exactly where {count} occurs", patterns


def check(wanted: Wanted) -> None:
    """Whether what is wanted makes sense.

    Raises:
        Refused: a status, language or range is none.
    """
    if wanted.status and wanted.status not in STATUSES:
        raise Refused(f"there is no status '{wanted.status}'; known: {', '.join(STATUSES)}")
    if wanted.language and wanted.language not in ("seclang", "edgeguard"):
        raise Refused(f"there is no language '{wanted.language}'; known: seclang, edgeguard")
    if wanted.ids:
        meets(wanted.ids, "0")
