"""Where two sides differ, in groups, each with its size, an example and, where one is known, its cause."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sample import Sample
    from verdicts import Said

_SHOWN = 4000  # bytes of an example
# Rules that ask a detector, not an expression: each side has a detector of its own.
_DETECTORS = frozenset(("941100", "941101", "942100", "942101"))


@dataclass(frozen=True, slots=True)
class Cause:
    """Why one side alone says a rule. Every key that is given must fit.

    Attributes:
        why: the cause, for the report.
        rule: a pattern such as `942*`.
        side: `edge` or `peer`, the one that says it.
        name: a pattern for the sample's name.
        text: what the request's bytes must contain, whatever its case; of a list, one at least.
        note: what the log must say of the match.
        instead: a rule that the other side alone says; where it ends an exchange, what comes after it is not asked.
        bodiless: whether the request must have no body.
        wide: whether the request must hold characters beyond ASCII, written out or as escapes.
    """

    why: str
    rule: str = "*"
    side: str = ""
    name: str = "*"
    text: str | list[str] = ""
    note: str = ""
    instead: str = ""
    bodiless: bool = False
    wide: bool = False

    def fits(self, sample: Sample, side: str, rule: str, speaker: Said, other: Said) -> bool:
        """Whether it explains that `speaker` says `rule`, and `other` does not."""
        if not fnmatchcase(rule, self.rule) or self.side not in ("", side) or not fnmatchcase(sample.name, self.name):
            return False
        if self.note not in speaker.notes.get(rule, "") or (self.instead and self.instead not in other.rules - speaker.rules):
            return False
        sent = sample.wire().lower()
        if self.bodiless and not sent.endswith(b"\r\n\r\n"):
            return False
        texts = [self.text] if isinstance(self.text, str) else self.text
        if not any(text.lower().encode() in sent for text in texts):
            return False
        return not self.wide or not sent.isascii() or b"\\u" in sent or b"%u" in sent


def read_causes(file: Path) -> list[Cause]:
    """The causes that are known."""
    return [Cause(**entry) for entry in yaml.safe_load(file.read_text("utf-8")) or ()] if file.exists() else []


@dataclass
class Group:
    """Samples that differ in the same way."""

    side: str
    what: str
    why: str
    count: int = 0
    example: Sample | None = None
    notes: str = ""


@dataclass
class Kind:
    """How far one kind of requests agrees: tests, mutations, ordinary traffic."""

    judged: int = 0
    same: int = 0
    detectors: int = 0


@dataclass
class Agreement:
    """What a comparison came to.

    Attributes:
        judged: requests of which both sides asked their rules.
        same_outcome: of those, how many both let pass or both blocked.
        explained_outcome: how many did not, for causes that are known.
        detectors_outcome: how many did not because of rules that ask detectors, and no others.
        same_rules: of those judged, how many matched the same rules.
        explained: how many did not, for causes that are known.
        differing: those that differ in outcome or rules.
        apart: names of requests that one side or both refused before any rule, by `peer/edge`.
    """

    judged: int = 0
    same_outcome: int = 0
    explained_outcome: int = 0
    detectors_outcome: int = 0
    same_rules: int = 0
    explained: int = 0
    apart: dict[str, list[str]] = field(default_factory=dict)
    groups: dict[tuple[str, str, str], Group] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    differing: list[tuple[Sample, Said, Said]] = field(default_factory=list)

    def add(self, sample: Sample, peer: Said, edge: Said, causes: Iterable[Cause]) -> None:
        """Take one request in."""
        if not {peer.outcome, edge.outcome} <= {"pass", "block"}:
            words = (side.outcome + (f" {side.status}" if side.outcome == "refused" else "") for side in (peer, edge))
            self.apart.setdefault("/".join(words), []).append(sample.name)
            return
        self.judged += 1
        kind = self.kinds.setdefault(sample.name.partition("/")[0], Kind())
        kind.judged += 1
        reasons = [
            self._rule(sample, side, rule, speaker, other, causes)
            for side, speaker, other in (("edge", edge, peer), ("peer", peer, edge))
            for rule in sorted(speaker.rules - other.rules)
        ]
        self.same_rules += not reasons
        if reasons or peer.outcome != edge.outcome:
            self.differing.append((sample, peer, edge))
        self.explained += bool(reasons) and all(reasons)
        if peer.outcome == edge.outcome:
            self.same_outcome += 1
            kind.same += 1
            return
        # Outcomes follow from rules: what explains all of the one explains the other.
        why = "; ".join(dict.fromkeys(reasons)) if reasons and all(reasons) else ""
        alone = [" ".join(sorted(rules)) or "-" for rules in (edge.rules - peer.rules, peer.rules - edge.rules)]
        self._note("outcome", f"{peer.outcome}>{edge.outcome} edge {alone[0]}, peer {alone[1]}", why, sample, peer, edge)
        self.explained_outcome += bool(why)
        by_detectors = peer.rules ^ edge.rules <= _DETECTORS
        self.detectors_outcome += by_detectors
        kind.detectors += by_detectors

    def _rule(self, sample: Sample, side: str, rule: str, speaker: Said, other: Said, causes: Iterable[Cause]) -> str:
        why = next((cause.why for cause in causes if cause.fits(sample, side, rule, speaker, other)), "")
        peer, edge = (speaker, other) if side == "peer" else (other, speaker)
        self._note(side, rule, why, sample, peer, edge)
        return why

    def _note(self, side: str, what: str, why: str, sample: Sample, peer: Said, edge: Said) -> None:
        group = self.groups.setdefault((side, what, why), Group(side, what, why))
        group.count += 1
        if group.example is None or len(sample.wire()) < len(group.example.wire()):
            group.example = sample
            group.notes = f"peer {peer.status} {_noted(peer, what)} | edge {edge.status} {_noted(edge, what)}"

    def ordered(self) -> list[Group]:
        """Groups with the largest first, outcomes before rules, the unexplained before the explained."""
        return sorted(
            self.groups.values(), key=lambda group: (bool(group.why), group.side != "outcome", -group.count, group.what)
        )

    def by_kind(self) -> str:
        """A line for each kind."""
        return "\n".join(
            f"{name}: {100 * kind.same / kind.judged:.2f} % of {kind.judged} agree on block or pass, "
            f"{100 * (kind.same + kind.detectors) / kind.judged:.2f} % but for detectors"
            for name, kind in self.kinds.items()
        )

    def summary(self) -> str:
        """One line."""
        judged = max(1, self.judged)
        differing = self.judged - self.same_outcome
        of_them = f"{self.detectors_outcome} where detectors alone disagree, {self.explained_outcome} explained"
        outcomes = f"{100 * self.same_outcome / judged:.2f} % ({differing} of {self.judged} differ: {of_them})"
        rules = f"{100 * self.same_rules / judged:.2f} % ({self.explained} requests with differences explained)"
        apart = sum(map(len, self.apart.values()))
        return f"agreement on block or pass {outcomes}, on rules {rules}; {apart} refused before rules"

    def as_json(self) -> dict[str, Any]:
        """All of it, for programs."""
        return {
            "judged": self.judged,
            "same_outcome": self.same_outcome,
            "explained_outcome": self.explained_outcome,
            "detectors_outcome": self.detectors_outcome,
            "kinds": {name: vars(kind) for name, kind in self.kinds.items()},
            "same_rules": self.same_rules,
            "explained": self.explained,
            "refused_before_rules": self.apart,
            "groups": [
                {
                    "side": group.side,
                    "what": group.what,
                    "count": group.count,
                    "why": group.why,
                    "example": group.example.name if group.example else "",
                    "request": group.example.wire()[:_SHOWN].decode("latin-1") if group.example else "",
                    "notes": group.notes,
                }
                for group in self.ordered()
            ],
            "differing": [
                {
                    "name": sample.name,
                    "request": sample.wire()[:_SHOWN].decode("latin-1"),
                    "peer": {"outcome": peer.outcome, "status": peer.status, "rules": peer.notes},
                    "edge": {"outcome": edge.outcome, "status": edge.status, "rules": edge.notes},
                }
                for sample, peer, edge in self.differing
            ],
        }


def _noted(side: Said, what: str) -> str:
    return " ".join(f"{rule}: {note}" for rule, note in side.notes.items() if rule in what) or ",".join(sorted(side.rules)) or "-"
