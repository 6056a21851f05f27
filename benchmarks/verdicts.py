"""What a side said of a request: let it pass, blocked it, or refused it before any rule was asked; and which rules matched."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pathlib import Path

    from sending import Answer

Outcome = Literal["pass", "block", "refused", "silent"]

# Rules that only add up what others found: what they say is the outcome.
_TOTALS = ("949", "959", "980")


@dataclass(frozen=True, slots=True)
class Said:
    """One side's word on one request.

    Attributes:
        rules: ids of the rules that matched, without those that only add up.
        notes: what the side's log says of each of them, for whoever looks for a cause.
    """

    outcome: Outcome
    status: int
    rules: frozenset[str]
    notes: dict[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A side's log on one exchange.

    Attributes:
        port: the client's, where the log tells it.
        ended: whether a rule that ends exchanges is among those that matched.
    """

    rules: frozenset[str]
    notes: dict[str, str]
    blocked: bool
    port: int = 0
    ended: bool = False


def peer_log(file: Path) -> dict[str, Entry]:
    """The audit log of libmodsecurity by transaction; one JSON object a line."""
    entries = {}
    for line in file.read_bytes().splitlines():
        # Values of clients are in it as they came, whatever their encoding.
        transaction = json.loads(line.decode("latin-1"), strict=False)["transaction"]
        notes = {}
        for message in transaction["messages"]:
            details = message["details"]
            notes.setdefault(details["ruleId"], details["match"][-160:])
        ended = any(rule[:3] in _TOTALS for rule in notes)
        entry = Entry(_without_totals(notes), notes, bool(notes), transaction["client_port"], ended)
        entries[transaction["unique_id"]] = entry
    return entries


def edge_log(file: Path) -> dict[str, Entry]:
    """The access log and the event log of the edge, which may share a file, by exchange."""
    entries: dict[str, Entry] = {}
    for line in file.read_bytes().splitlines():
        said = json.loads(line)
        before = entries.get(said["id"])
        notes = dict(before.notes) if before else {}
        for match in said.get("matches", ()):
            notes[_number(match["rule"])] = f"{match['target']} {match['value']}"
        for rule in said.get("rules", ()):
            notes.setdefault(_number(rule), "")
        entries[said["id"]] = Entry(_without_totals(notes), notes, blocked=said["verdict"] == "blocked")
    return entries


def silent_blocks(answers: list[Answer], log: dict[str, Entry]) -> dict[int, Entry]:
    """Entries on requests that got no answer, by the answer's place.

    The peer can't take back a response whose head it has sent, so that it ends the connection where a rule on responses blocks.
    """
    claimed = {answer.id for answer in answers}
    free: dict[int, list[Entry]] = {}
    for key, entry in log.items():
        if key not in claimed and entry.ended:
            free.setdefault(entry.port, []).append(entry)
    silent = [(number, answer) for number, answer in enumerate(answers) if answer.status == 0]
    return {number: free[answer.port].pop(0) for number, answer in silent if free.get(answer.port)}


def said(answer: Answer, entry: Entry | None) -> Said:
    """An answer and the log's entry on it, together."""
    rules, notes = (entry.rules, entry.notes) if entry else (frozenset(), {})
    if answer.status == 0:
        outcome: Outcome = "block" if entry is not None and entry.ended else "silent"
    elif answer.passed:
        outcome = "pass"
    else:
        outcome = "block" if entry is not None and entry.blocked else "refused"
    return Said(outcome, answer.status, rules, notes)


def _without_totals(rules: dict[str, str]) -> frozenset[str]:
    return frozenset(rule for rule in rules if rule[:3] not in _TOTALS)


def _number(rule: str) -> str:
    """An id as SecLang writes it, whatever the edge puts before it."""
    return rule.rpartition("-")[2] if not rule.startswith("eg-") else rule
