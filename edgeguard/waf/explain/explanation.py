"""All that is told of one request: who matched, what it came to, at which paranoia levels, and what would let it pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from edgeguard.waf.explain.steps import piece_of
from edgeguard.waf.mask import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.explain.given import Given
    from edgeguard.waf.explain.levels import Level
    from edgeguard.waf.explain.run import Outcome, Pair, Read
    from edgeguard.waf.explain.steps import Piece
    from edgeguard.waf.explain.trace import Found, Where
    from edgeguard.waf.model import Match

State = Literal["counts", "detected", "above", "after"]

STATES: dict[State, str] = {
    "counts": "",
    "detected": "told, but does not block: its paranoia level is above the blocking one",
    "above": "not asked: its paranoia level is above the configured one",
    "after": "not reached: the request was blocked before",
}


@dataclass(frozen=True, slots=True)
class Paranoia:
    """What the Core Rule Set is configured for."""

    blocking: int
    detection: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way to write an exclusion.

    Attributes:
        title: where it belongs.
        verified: whether the request passed with it; None where it could not be tried.
    """

    name: str
    title: str
    text: str
    verified: bool | None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """What would let just this request pass.

    Attributes:
        why: why there is none, where `pairs` is empty.
    """

    pairs: tuple[Pair, ...] = ()
    ways: tuple[Way, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Refusal:
    """The edge's own reader takes no such request, so that no rule sees it."""

    status: int
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The whole.

    Attributes:
        outcome: by the rules as configured.
        found: rules that held when all were asked, each with what it means for the configured ones.
        threshold, score: of the Core Rule Set, or of scripts that count as it does.
        own_threshold, own_score: of rules in EdgeGuard's language.
        paranoia: None without a Core Rule Set.
        mode: of the route, or of all requests.
    """

    given: Given
    read: Read
    refusal: Refusal | None
    outcome: Outcome
    found: tuple[tuple[Found, State], ...]
    threshold: int
    score: int
    own_threshold: int
    own_score: int
    paranoia: Paranoia | None
    levels: tuple[Level, ...]
    exclusion: Exclusion | None
    mode: str
    notes: tuple[str, ...] = ()

    @property
    def engine(self) -> tuple[Match, ...]:
        """What the engine itself reports."""
        return tuple(match for match in self.outcome.verdict.matches if match.rule.startswith("eg-0"))

    def as_json(self) -> dict[str, Any]:
        """One object with all of it; bytes are printable text, with escapes."""
        verdict = self.outcome.verdict
        request = self.read.request
        return {
            "request": {
                "source": self.given.source,
                "method": printable(request.method),
                "target": printable(request.target),
                "host": printable(request.authority),
                "client": self.given.client,
                "body_bytes": len(self.read.content),
                "notes": [*self.given.notes, *self.notes],
                "missing": list(self.given.missing),
            },
            "event": None
            if not self.given.outcome
            else {
                "outcome": self.given.outcome,
                "matches": [
                    {"rule": each.rule, "title": each.title, "target": each.target, "value": each.value, "score": each.score}
                    for each in self.given.told
                ],
            },
            "refusal": None
            if self.refusal is None
            else {"status": self.refusal.status, "reason": self.refusal.reason, "detail": self.refusal.detail},
            "verdict": {
                "action": verdict.action,
                "status": verdict.status,
                "score": self.score,
                "threshold": self.threshold,
                "own_score": self.own_score,
                "own_threshold": self.own_threshold,
                "paranoia": None if self.paranoia is None else self.paranoia.blocking,
                "detection_paranoia": None if self.paranoia is None else self.paranoia.detection,
                "mode": self.mode,
            },
            "matches": [_found_json(each, state) for each, state in self.found],
            "engine": [{"id": match.rule, "title": match.title, "detail": match.value} for match in self.engine],
            "levels": [
                {"paranoia": each.level, "score": each.score, "rules": each.rules, "blocks": each.blocks} for each in self.levels
            ],
            "exclusion": None if self.exclusion is None else _exclusion_json(self.exclusion),
        }


def states(found: Sequence[Found], asked: Sequence[Found], paranoia: Paranoia | None) -> tuple[tuple[Found, State], ...]:
    """What each rule that held means for a request as the configuration asks for it; `asked` are those that held there."""
    seen = {each.id for each in asked}

    def state(each: Found) -> State:
        if paranoia is not None and each.level > paranoia.detection:
            return "above"
        if each.id not in seen:
            return "after"
        return "detected" if paranoia is not None and each.level > paranoia.blocking else "counts"

    return tuple((each, state(each)) for each in found)


def _found_json(found: Found, state: State) -> dict[str, Any]:
    return {
        "id": found.id,
        "title": found.title,
        "language": found.language,
        "file": found.file,
        "line": found.line,
        "phase": found.phase,
        "severity": found.severity,
        "tags": list(found.tags),
        "paranoia": found.level or None,
        "score": found.score,
        "action": found.blocks,
        "state": state,
        "shadow": found.shadow,
        "logdata": found.detail,
        "values": [_where_json(where) for where in found.wheres],
        "captured": {name: printable(value) for name, value in found.captured},
    }


def _where_json(where: Where) -> dict[str, Any]:
    return {
        "target": where.target,
        "operator": where.question,
        "link": where.link,
        "negated": where.negated,
        "transformations": list(where.pipeline),
        "value": _whole(where.value),
        "steps": [{"transformation": step.name, "value": _whole(step.value)} for step in where.steps],
        "form": _piece_json(piece_of(where.form, where.span)),
    }


def _whole(value: bytes) -> str:
    piece = piece_of(value, (0, 0))
    return printable(piece.after) + (f"… {piece.more} bytes more" if piece.more else "")


def _piece_json(piece: Piece) -> dict[str, Any]:
    return {
        "before": printable(piece.before),
        "match": printable(piece.match),
        "after": printable(piece.after),
        "skipped": piece.skipped,
        "more": piece.more,
    }


def _exclusion_json(exclusion: Exclusion) -> dict[str, Any]:
    return {
        "pairs": [{"rule": pair.rule, "target": pair.target or None, "language": pair.language} for pair in exclusion.pairs],
        "ways": [{"name": way.name, "title": way.title, "text": way.text, "verified": way.verified} for way in exclusion.ways],
        "why_none": exclusion.why,
    }
