"""Partial evaluation, the plan and what lanes remember against a reading of SecLang that is slow and plain.

Scripts are made at random: settings, gates that jump, arithmetic, rules on arguments that write variables, jump, leave rules out
or end the exchange. The engine and the plain reading below must tell of the same rules with the same messages, and decide alike;
one ruleset is asked several times, so that what it remembers of former requests is held to the same.
"""

from __future__ import annotations

import re  # noqa: TID251 - the plain reading must not share the engine's
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from edgeguard.config.model import Waf
from edgeguard.message import Headers
from edgeguard.waf.rule_tests import build
from edgeguard.waf.ruleset import Ruleset
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.syntax import Marker

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.model import Verdict
    from edgeguard.waf.seclang.syntax import Action, Link, Operation, Program, SecRule, Variable

Pairs = list[tuple[str, str]]
Told = tuple[list[tuple[str, str]], str, int]


# -- the plain reading


@dataclass
class Plain:
    """Every rule of a program in its order, as the language's manual says; nothing is skipped, shared or worked out before."""

    program: Program
    query: Pairs
    form: Pairs
    tx: dict[str, str] = field(default_factory=dict)
    matched: Pairs = field(default_factory=list)
    removals: list[tuple[str, str, list[str]]] = field(default_factory=list)
    told: list[tuple[str, str]] = field(default_factory=list)
    highest: int = 255
    engine: str = "on"
    passed: int = 0  # the last phase that `allow` lets pass
    action: str = "allow"
    status: int = 0

    def run(self) -> Told:
        for phase in range(1, 6):
            if phase == 5 or not self.status:
                self.phase(phase)
            if phase == 1 and self.status:  # the body is not waited for
                self.form = []
        return self.told, self.action, self.status

    def phase(self, phase: int) -> None:
        items = self.program.items
        at = 0
        while at < len(items):
            item = items[at]
            at += 1
            if isinstance(item, Marker) or item.phase != phase:
                continue
            if self.engine == "off" or (phase < 5 and (self.status or phase <= self.passed)):
                return
            if self.is_removed(item) or not self.holds(item, phase):
                continue
            self.finish(item, phase)
            if item.skip_after:
                places = [place for place in range(at, len(items)) if getattr(items[place], "name", "") == item.skip_after]
                at = places[0] if places else len(items)
            elif item.skip:
                later = [place for place in range(at, len(items)) if getattr(items[place], "phase", 0) == phase]
                at = later[item.skip] if item.skip < len(later) else len(items)

    def is_removed(self, rule: SecRule) -> bool:
        return any(not targets and self.meets(kind, what, rule) for kind, what, targets in self.removals)

    def meets(self, kind: str, what: str, rule: SecRule) -> bool:
        return str(rule.id) == what if kind == "id" else what in rule.tags

    def holds(self, rule: SecRule, phase: int) -> bool:
        self.matched = []
        without = [target for kind, what, targets in self.removals if self.meets(kind, what, rule) for target in targets]
        for link in rule.links:
            if link.operation is None:
                self.act(link)
                continue
            found: Pairs = []
            for name, value in self.values(link.variables, without, phase):
                for form in forms(link, value):
                    groups = asked(link.operation, form, self.expand(link.operation.argument))
                    if (groups is None) is not link.operation.negated:
                        continue
                    found.append((name, form))
                    self.matched = list(found)
                    if link.capture and groups is not None:
                        for digit in range(10):
                            self.tx.pop(str(digit), None)
                        self.tx.update({str(digit): text for digit, text in enumerate(groups)})
                    self.act(link)
            if not found:
                return False
        return True

    def finish(self, rule: SecRule, phase: int) -> None:
        if rule.severity is not None:
            self.highest = min(self.highest, rule.severity)
        if rule.log:
            self.told.append((str(rule.id), self.expand(rule.message)))
        if phase == 5 or self.engine != "on":
            return
        if rule.disruptive.name == "allow":
            scope = rule.disruptive.argument
            last = phase if scope == "phase" else max(phase, 2) if scope == "request" else 4
            self.passed = max(self.passed, last)
        elif rule.disruptive.name == "deny":
            self.action, self.status = "block", rule.status or 403

    def values(self, variables: tuple[Variable, ...], without: list[str], phase: int) -> Iterator[tuple[str, str]]:
        left_out = [*without, *(str(variable)[1:] for variable in variables if variable.excluded)]
        for variable in variables:
            if variable.excluded or variable.name in left_out or str(variable).lstrip("&") in left_out:
                continue
            pairs = self.collection(variable.name, phase)
            if variable.selector is not None and variable.pattern:
                pairs = [pair for pair in pairs if re.search(variable.selector, pair[0])]
            elif variable.selector is not None:
                pairs = [pair for pair in pairs if pair[0] == variable.selector]
            if variable.count:
                yield str(variable), str(len(pairs))
                continue
            for name, value in pairs:
                full = f"{variable.name}:{name}" if name else variable.name
                if full not in left_out:
                    yield full, value

    def collection(self, name: str, phase: int) -> Pairs:
        if name == "ARGS":
            return self.query + (self.form if phase > 1 else [])
        if name == "TX":
            return list(self.tx.items())
        if name == "MATCHED_VAR":
            return [("", self.matched[-1][1])] if self.matched else []
        if name == "MATCHED_VARS":
            return [(which.partition(":")[2], value) for which, value in self.matched]
        if name == "HIGHEST_SEVERITY":
            return [("", str(self.highest))]
        if name == "RESPONSE_STATUS":
            return [("", "200")] if phase > 2 else []
        raise AssertionError(name)

    def act(self, link: Link) -> None:
        for action in link.actions:
            self.do(action)

    def do(self, action: Action) -> None:
        name, equals, value = (action.argument or "").partition("=")
        if action.name == "setvar":
            key = self.expand(name.lstrip("!").partition(".")[2].lower())
            text = self.expand(value) if equals else "1"
            if name.startswith("!"):
                self.tx.pop(key, None)
            elif value[:1] in ("+", "-"):
                change = number(text[1:])
                self.tx[key] = str(number(self.tx.get(key, "")) + (change if value[0] == "+" else -change))
            else:
                self.tx[key] = text
        elif name == "ruleEngine":
            self.engine = value.lower()
        else:
            what, _, target = value.partition(";")
            self.removals.append(("id" if name.endswith("ById") else "tag", what, [target] if target else []))

    def expand(self, text: str) -> str:
        return re.sub(r"%\{([a-z_]+)(?:\.([a-z0-9_]+))?\}", self.macro, text)

    def macro(self, found: re.Match[str]) -> str:
        if found[1] == "tx":
            return self.tx.get(found[2], "")
        return next((value for _, value in self.collection(found[1].upper(), 1)), "")


def number(text: str) -> int:
    found = re.match(r"[+-]?\d+", text)
    return int(found[0]) if found else 0


def forms(link: Link, value: str) -> list[str]:
    made = [value]
    for step in link.transformations:
        changed = value.lower() if step == "lowercase" else value.strip()
        if changed != value:
            made.append(changed)
        value = changed
    return made if link.multi_match else made[-1:]


def asked(operation: Operation, value: str, argument: str) -> list[str] | None:
    """What matched, with its groups; None where nothing did."""
    if operation.name == "rx":
        found = re.search(argument, value)
        return None if found is None else [found[0], *(group or "" for group in found.groups())]
    if operation.name == "contains":
        return [argument] if argument in value else None
    return (
        [value]
        if {
            "streq": argument == value,
            "eq": number(value) == number(argument),
            "lt": number(value) < number(argument),
            "ge": number(value) >= number(argument),
            "unconditionalmatch": True,
        }[operation.name]
        else None
    )


# -- scripts and requests

VARIABLES = ("a", "b", "c", "level", "score")
TX = st.sampled_from(VARIABLES)
SMALL = st.integers(0, 3).map(str)
MARKERS = st.sampled_from(("one", "two", "three", "nowhere"))
TAGS = st.sampled_from(("red", "green", "blue"))
PHASES = st.sampled_from((1, 1, 1, 2, 2, 2, 3, 5))
IDS = st.integers(1, 25).map(str)
rarely = st.sampled_from((False,) * 5 + (True,))

value = SMALL | TX.map(lambda name: f"%{{tx.{name}}}")
setvar = st.one_of(
    st.builds("setvar:'tx.{}={}'".format, TX, value),
    st.builds("setvar:'tx.{}=+{}'".format, TX, value),
    st.builds("setvar:'tx.{}=-{}'".format, TX, SMALL),
    st.builds("setvar:'!tx.{}'".format, TX),
    st.builds("setvar:tx.{}".format, TX),
)
told_setvar = setvar | st.sampled_from(
    ("setvar:'tx.a=%{matched_var}'", "setvar:'tx.b=%{tx.1}'", "setvar:'tx.%{tx.0}=2'", "setvar:'tx.v_%{matched_var}=1'")
)
settings = st.lists(setvar, min_size=1, max_size=3).map(",".join)
jump = st.one_of(st.builds("skipAfter:{}".format, MARKERS), st.builds("skip:{}".format, st.integers(1, 3)))
removal = st.one_of(
    st.builds("ctl:ruleRemoveById={}".format, IDS),
    st.builds("ctl:ruleRemoveByTag={}".format, TAGS),
    st.builds("ctl:ruleRemoveTargetById={};ARGS:{}".format, IDS, st.sampled_from("xyz")),
    st.builds("ctl:ruleRemoveTargetByTag={};TX:{}".format, TAGS, TX),
    st.builds("ctl:ruleRemoveTargetById={};TX".format, IDS),
)
ending = st.sampled_from(("deny", "deny,status:406", "allow", "allow:phase", "allow:request", "ctl:ruleEngine=Off",
                          "ctl:ruleEngine=DetectionOnly", "ctl:ruleEngine=On"))  # fmt: skip

about_tx = st.one_of(
    st.builds('TX:{} "@{} {}"'.format, TX, st.sampled_from(("eq", "lt", "ge", "streq")), value),
    st.builds('TX:{} "!@{} {}"'.format, TX, st.sampled_from(("eq", "ge")), SMALL),
    st.builds('&TX:{} "@eq {}"'.format, TX, SMALL),
    st.builds('TX:{}|TX:{} "@eq {}"'.format, TX, TX, SMALL),
    st.builds('TX:/^{}/ "@ge {}"'.format, st.sampled_from(("a", "l", "v_")), SMALL),
    st.builds('TX:/./|!TX:{} "@ge {}"'.format, TX, SMALL),
    st.builds('TX:{} "@rx (\\d)"'.format, TX),
)
about_message = st.one_of(
    st.builds('ARGS "@contains {}"'.format, st.sampled_from("ab1")),
    st.builds('ARGS:{} "@rx (a|b)(1)?"'.format, st.sampled_from("xyz")),
    st.builds('ARGS|!ARGS:x "@streq {}"'.format, st.sampled_from(("a", "b", "%{tx.a}"))),
    st.builds('ARGS:{} "!@contains a"'.format, st.sampled_from("xyz")),
    st.builds('&ARGS "@ge {}"'.format, SMALL),
    st.just('HIGHEST_SEVERITY "@lt 4"'),
    st.just('RESPONSE_STATUS "@streq 200"'),
)
about_matched = st.sampled_from(
    ('MATCHED_VAR "@contains b"', 'MATCHED_VARS "@streq a"', 'TX:1 "@streq a"', 'TX:0 "@rx (b)"', 'ARGS:y "@streq %{tx.1}"')
)


@st.composite
def rules(draw: st.DrawFn) -> str:
    kind = draw(st.sampled_from(("setting", "setting", "gate", "gate", "variables", "message", "message", "message", "marker")))
    if kind == "marker":
        return f"SecMarker {draw(MARKERS)}"
    phase = draw(PHASES)
    if kind == "setting":
        more = draw(st.sampled_from(("", "", "", "", ",severity:3", ",capture")))
        log = draw(st.sampled_from(("nolog", "nolog", "nolog", "log")))
        return f'SecAction "id:@,phase:{phase},pass,{log},tag:{draw(TAGS)},{draw(settings)}{more}"'
    if kind == "gate":
        return f'SecRule {draw(about_tx)} "id:@,phase:{phase},pass,nolog,tag:{draw(TAGS)},{draw(jump)}"'
    parts = ["id:@", f"phase:{phase}", f"tag:{draw(TAGS)}", draw(st.sampled_from(("log", "log", "nolog")))]
    parts.append(draw(ending) if draw(rarely) else "pass")
    if kind == "message" and draw(st.booleans()):
        parts.append("capture")
    if draw(rarely):
        parts.append(draw(st.sampled_from(("t:lowercase", "t:trim,t:lowercase,multiMatch"))))
    parts.append(draw(st.sampled_from(("msg:plain", "msg:'%{tx.a}/%{tx.level}'", "msg:'%{tx.score}/%{matched_var}'"))))
    if draw(rarely):
        parts.append(f"severity:{draw(st.integers(2, 5))}")
    if draw(rarely):
        parts.append(draw(jump))
    parts += draw(st.lists(removal, max_size=1)) if draw(rarely) else []
    parts += draw(st.lists(told_setvar if kind == "message" else setvar, max_size=2))
    lines = [draw(about_message if kind == "message" else about_tx)]
    links = draw(st.sampled_from((1, 1, 1, 2, 2, 3)))
    lines += [draw(st.one_of(about_tx, about_message, about_matched)) for _ in range(links - 1)]
    text = f'SecRule {lines[0]} "{",".join(parts)}{",chain" if links > 1 else ""}"'
    for at, line in enumerate(lines[1:], 2):
        actions = draw(st.lists(told_setvar, max_size=1)) + (["capture"] if draw(rarely) else [])
        text += f'\nSecRule {line} "{",".join([*actions, "t:none"])}{",chain" if at < links else ""}"'
    return unordered(text) if "TX:/" in text else text


def unordered(text: str) -> str:
    """A rule that looks at several variables, without what tells in which order they come: that is said nowhere."""
    for what, instead in (
        ("%{matched_var}", "m"),
        ("%{tx.0}", "a"),
        ("%{tx.1}", "b"),
        (",capture", ""),
        ("capture,", ""),
        ("MATCHED_VAR ", "MATCHED_VARS "),
    ):
        text = text.replace(what, instead)
    return text


def numbered(lines: list[str], watched: list[str]) -> str:
    """The script with ids, and with rules that tell at the end what became of some variables."""
    lines = lines + [
        f'SecRule TX:{name} "@unconditionalMatch" "id:@,phase:5,pass,log,msg:\'{name}=%{{tx.{name}}}\'"' for name in watched
    ]
    return "\n".join(line.replace("id:@", f"id:{number}") for number, line in enumerate(lines, 1))


scripts = st.builds(numbered, st.lists(rules(), min_size=4, max_size=22), st.lists(TX, unique=True, max_size=5))
pairs = st.lists(st.tuples(st.sampled_from("xyz"), st.sampled_from(("a", "b", "a1", "b1", " A", "2", "c"))), max_size=3)
requests = st.lists(st.tuples(pairs, pairs | st.just([])), min_size=1, max_size=4)


def told(ruleset: Ruleset, query: Pairs, form: Pairs, *, blind: bool) -> Told:
    description: dict[str, object] = {"path": "/?" + "&".join(f"{name}={text.replace(' ', '+')}" for name, text in query)}
    if form:
        body = "&".join(f"{name}={text.replace(' ', '+')}" for name, text in form)
        description |= {"body": body, "content_type": "application/x-www-form-urlencoded", "method": "POST"}
    sample = build(description)
    transaction = ruleset.transaction(sample.request, sample.client, "enforce", lambda: 0, lambda: 0, lambda: 0.0, blind=blind)
    transaction.request_head()
    if form:
        transaction.request_body(sample.body)
    transaction.response_head(200, Headers())
    transaction.response_body(b"")
    verdict: Verdict = transaction.finish()
    matches = [(match.rule, match.title if match.title != match.rule else "") for match in verdict.matches]
    return matches, verdict.action, verdict.status


def compare(script: str, asks: list[tuple[Pairs, Pairs]]) -> None:
    program = read_seclang_text(script)
    ruleset = Ruleset([], Waf(compiled="off"), chains=compile_program(program).rules, seclang=program.configuration)
    for query, form in [*asks, *asks[::-1]]:
        expected = Plain(program, query, form).run()
        assert told(ruleset, query, form, blind=False) == expected, (query, form)
        assert told(ruleset, query, form, blind=True) == expected, (query, form, "blind")


@given(scripts, requests)
def test_the_engine_reads_scripts_as_the_manual_does(script: str, asks: list[tuple[Pairs, Pairs]]) -> None:
    compare(script, asks)
