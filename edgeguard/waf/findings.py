"""What was found in a transaction, and what follows from it: matches, their score, and whether that is enough to block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from edgeguard.waf.mask import name_shown, shown
from edgeguard.waf.model import Match, Verdict

if TYPE_CHECKING:
    from edgeguard.waf.evaluate import Evidence
    from edgeguard.waf.model import Mode, Rule

Policy = Literal["block", "score", "pass"]

_BLOCKED = 403
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
EVENTS = (BUDGET, UNPARSABLE, TOO_MUCH)


class Findings:
    """Made when the first thing is found; most transactions have none."""

    __slots__ = ("_matches", "_score", "_status", "budget_spent")

    def __init__(self) -> None:
        self._matches: list[Match] = []
        self._score = 0
        self._status = 0
        self.budget_spent = False

    def rule(self, rule: Rule, evidence: Evidence | None) -> None:
        """Note that `rule` holds."""
        target = form = value = ""
        if evidence is not None:
            target = f"{evidence.label}:{name_shown(evidence.name)}" if evidence.name else evidence.label
            form = evidence.term.form
            value = shown(evidence.label, evidence.name, evidence.form, evidence.span)
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
                mode="shadow" if rule.status == "shadow" else "enforce",
                status=action.status,
            )
        )

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

    def _add(self, match: Match) -> None:
        self._matches.append(match)
        if match.mode == "enforce":
            self._score += match.score
            if match.status is not None and not self._status:
                self._status = match.status

    def verdict(self, threshold: int, mode: Mode, nanoseconds: int) -> Verdict:
        """The verdict so far."""
        status = self._status or (_BLOCKED if self._score >= threshold else 0)
        blocks = status != 0 and mode == "enforce"
        return Verdict(
            action="block" if blocks else "allow",
            status=status if blocks else 0,
            matches=tuple(self._matches),
            score=self._score,
            would_block=status != 0,
            nanoseconds=nanoseconds,
            budget_spent=self.budget_spent,
        )
