"""What was found in a transaction, and what follows from it: matches, their score, and whether that is enough to block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.leaks import merged
from edgeguard.waf.mask import MASKED, is_long, name_shown, printable, shown
from edgeguard.waf.model import Match, Verdict
from edgeguard.waf.targets.seclang.registry import VARIABLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from edgeguard.waf.evaluate import Evidence
    from edgeguard.waf.exclusions import Exclusion
    from edgeguard.waf.model import Mode, Rule, Severity
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.machine import Hold, Machine
    from edgeguard.waf.seclang.macros import Reference, Template

Policy = Literal["block", "score", "pass"]

_BLOCKED = 403
_REDIRECTS = (301, 302, 303, 307, 308)
_MESSAGE = 1024  # bytes of a rule's message
_NAME = 256  # bytes of a variable's name in a verdict
_SEVERITIES: tuple[Severity, ...] = ("critical", "critical", "critical", "high", "medium", "low", "info", "info")
_POINTS = 3  # a medium finding: alone it blocks nothing, beside any other it does


@dataclass(frozen=True, slots=True)
class Event:
    """Something the engine itself reports as a match, where a setting says what follows from it."""

    id: str
    title: str
    target: str
    status: int


BUDGET = Event("eg-0001", "Inspection ended early: the time for it was spent", "engine", 403)
UNPARSABLE = Event("eg-0002", "The body is not what its type says", "http.request.body", 400)
TOO_MUCH = Event("eg-0003", "The body is nested too deep or has too many values", "http.request.body", 413)
GRAPHQL = Event("eg-0004", "A GraphQL request asks for more than it may", "graphql", 400)
EVENTS = (BUDGET, UNPARSABLE, TOO_MUCH, GRAPHQL)


class Findings:
    """Made when the first thing is found; most transactions have none."""

    __slots__ = (
        "_action", "_anomaly", "_chain_status", "_excluded", "_interrupted", "_location", "_matches", "_score", "_spans",
        "_status", "budget_spent",
    )  # fmt: skip

    def __init__(self) -> None:
        self._matches: list[Match] = []
        self._score = 0
        self._anomaly = 0
        self._status = 0
        self._interrupted = False
        self._excluded: list[str] = []
        self._spans: list[tuple[int, int]] = []
        self._action: Literal["block", "drop", "redirect"] = "block"
        self._location = b""
        self._chain_status = 0
        self.budget_spent = False

    def rule(self, rule: Rule, evidence: Evidence | None, *, shadow: bool = False) -> None:
        """Note that `rule` holds; `shadow` is True where a dial has it block nothing."""
        target = form = value = ""
        if evidence is not None:
            target = f"{evidence.label}:{name_shown(evidence.name)}" if evidence.name else evidence.label
            form = evidence.term.form
            secret = evidence.term.operator.secret or rule.action.masks
            value = MASKED if secret else shown(evidence.label, evidence.name, evidence.form, evidence.span)
        action = rule.action
        self._add(
            Match(
                rule=rule.id,
                title=rule.title,
                severity=rule.severity,
                tags=rule.tags,
                target=target,
                form=form,
                value=value,
                score=action.score,
                mode="shadow" if shadow or rule.status == "shadow" else "enforce",
                status=action.status,
                pack=rule.pack,
                action=action.name,
            )
        )

    def chain(self, rule: ChainRule, machine: Machine, *, counts: bool) -> None:
        """Note that a SecLang rule holds. `counts` is False where the engine is told to detect only."""
        holds = machine.holds
        target = value = form = ""
        if holds:
            last = holds[-1]
            target = printable(last.name[:_NAME])
            form = last.link.form
            value = _shown(last)
            if last.link is not holds[0].link and any(_shown(hold) == MASKED for hold in holds):
                value = MASKED  # what the chain's last link looks at may come from those before
        look = _Telling(machine, value).look
        severity = _SEVERITIES[rule.severity] if rule.severity is not None else "info"
        self._add(
            Match(
                rule=rule.id,
                title=_text(rule.message, look) or rule.id,
                severity=severity,
                tags=rule.tags,
                target=target,
                form=form,
                value=value,
                score=machine.gained,
                mode="enforce" if counts else "shadow",
                language="seclang",
                detail=MASKED if value == MASKED else _text(rule.logdata, look),
            )
        )

    def interrupt(self, rule: ChainRule, location: bytes, *, counts: bool) -> None:
        """Note that a SecLang rule blocks, drops or redirects; the first one is the one that counts."""
        if self._interrupted or not counts:
            return
        self._interrupted = True
        if rule.disruption == "redirect":
            self._action, self._location = "redirect", location
            self._chain_status = rule.status if rule.status in _REDIRECTS else 302
        else:
            self._action = "drop" if rule.disruption == "drop" else "block"
            self._chain_status = rule.status if rule.status is not None and rule.status >= 400 else _BLOCKED

    def event(self, event: Event, policy: Policy, detail: str) -> None:
        """Note something that is no rule's finding; `detail` holds nothing of the request."""
        self._add(
            Match(
                rule=event.id,
                title=event.title,
                severity="info" if policy == "pass" else "medium",
                tags=(),
                target=event.target,
                form="",
                value=detail,
                score=_POINTS if policy == "score" else 0,
                mode="enforce",
                status=event.status if policy == "block" else None,
            )
        )

    def mask(self, spans: Iterable[tuple[int, int]]) -> None:
        """Note what of the response's body must not reach the client."""
        self._spans = merged([*self._spans, *spans])

    def exclude(self, exclusions: Iterable[Exclusion]) -> None:
        """Note that these kept a rule from holding."""
        self._excluded += [each.name for each in exclusions if each.name not in self._excluded]

    def _add(self, match: Match) -> None:
        self._matches.append(match)
        if match.language == "seclang":
            self._anomaly += match.score
        elif match.mode == "enforce":
            self._score += match.score
            if match.status is not None and not self._status:
                self._status = match.status

    def verdict(self, threshold: int, mode: Mode, nanoseconds: int, anomaly: int | None = None) -> Verdict:
        """The verdict so far.

        Args:
            threshold: score at which EdgeGuard's own rules block.
            mode: the transaction's.
            nanoseconds: engine time so far.
            anomaly: the score as SecLang rules keep it; None where they keep none, and what each added is summed up.
        """
        status = self._status or (_BLOCKED if self._score >= threshold else 0)
        action: Literal["block", "drop", "redirect"] = "block"
        if not status and self._interrupted:
            status, action = self._chain_status, self._action
        blocks = status != 0 and mode == "enforce"
        return Verdict(
            action=action if blocks else "allow",
            status=status if blocks else 0,
            location=self._location if blocks and action == "redirect" else b"",
            matches=tuple(self._matches),
            score=max(self._score, self._anomaly if anomaly is None else anomaly),
            would_block=status != 0 or (bool(self._spans) and mode != "enforce"),
            nanoseconds=nanoseconds,
            budget_spent=self.budget_spent,
            excluded=tuple(self._excluded),
            masks=tuple((begin, end) for begin, end in self._spans) if mode == "enforce" else (),
        )


def _text(template: Template | None, look: Callable[[Reference], bytes]) -> str:
    """A message with its macros filled in, cut and printable."""
    return "" if template is None else printable(template.expand(look)[:_MESSAGE])


def _shown(hold: Hold) -> str:
    label, _, name = hold.name.partition(b":")
    return shown(label.decode("latin-1"), name, hold.form, hold.span)


def _piece(label: str, name: bytes, value: bytes) -> bytes:
    return shown(label, name, value, (0, len(value))).encode()


class _Telling:
    """What macros stand for where they are told to people: nothing of secrets, and of long values the matched part alone."""

    __slots__ = ("_cut", "_machine", "_value")

    def __init__(self, machine: Machine, value: str) -> None:
        last = machine.holds[-1] if machine.holds else None
        self._machine = machine
        self._value = value
        self._cut = last is not None and is_long(last.name.partition(b":")[0].decode("latin-1"), last.form)

    def look(self, reference: Reference) -> bytes:
        name = reference.collection
        if name in ("MATCHED_VAR", "MATCHED_VARS") or (name == "TX" and reference.key.isdigit()):
            if self._value == MASKED:
                return MASKED.encode()
            if self._cut:
                return self._value.encode() if name != "TX" else _piece("", b"", self._machine.look(reference))
        elif name in VARIABLES and not VARIABLES[name].dynamic and not name.endswith("_NAMES"):
            key = reference.key.title() if VARIABLES[name].fields else reference.key
            return _piece(name, key, self._machine.look(reference))
        return self._machine.look(reference)
