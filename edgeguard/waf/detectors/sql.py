"""Would a value that is put into an SQL statement go on as SQL? The places where a value can stand, and the verdict.

Bare, as a number or name; within '...', "...", `...` or [...], where a value leaves its place at the first such mark: what
follows a later one is text again for the statement. LIKE patterns and lists in parentheses need no reading of their own, as
closing parentheses may come anywhere. Each place is read once, from there on, within bounds (`sql_tokens`).

Prose breaks SQL's grammar within two or three words. Confidence sinks where a sentence stands before the quote or behind
the comment, as it does in articles about injections; a value that is one whole statement is no injection either.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import RANKS, READ, Finding
from edgeguard.waf.detectors.sql_faint import faint_sql
from edgeguard.waf.detectors.sql_notes import ENOUGH
from edgeguard.waf.detectors.sql_reading import Reading
from edgeguard.waf.detectors.sql_tokens import BLANK, QUOTES, Text, tokens

if TYPE_CHECKING:
    from edgeguard.waf.detectors.finding import Confidence

_MARKUP = tuple(bytes([octet]) for octet in b"abcdefghijklmnopqrstuvwxyz/!?")
_PLACES = ((b"'", "single"), (b'"', "double"), (b"`", "backtick"), (b"]", "bracket"))
_MEDIUM = 4
_ALL = 1000  # points that nothing reaches: read to the end
_LOW = 2
_SENTENCE = 3  # words before a quote that make it a sentence's
_ENTRIES = frozenset(("number", "variable"))
_CONDITIONS = frozenset(("logic", "clause", "union", "comment", ";", ")"))
_PROSE = frozenset(("comparison", "cut", "limit", "order", "probe", "truth"))
_PHRASE = frozenset(("comparison", "equality", "having", "joined", "reopened", "truth"))
_SYNTAX = frozenset(("reopened", "equality", "joined"))
_CERTAIN = frozenset(("analyse", "catalogue", "cut", "danger", "outfile", "query"))
_TELLING = frozenset(("outfile", "analyse", "union", "danger", "query"))
_WEAK = frozenset(("truth", "plain", "limit", "equality", "joined", "reopened"))


@lru_cache(maxsize=32)
def detect_sql(value: bytes) -> Finding | None:
    """The most telling finding in `value`, percent-decoding and the like done before; None where there is none.

    Rules of different confidence ask the same question of the same value, hence the memory of 32 values, 4 MiB at most
    where bodies are inspected as far as is set by default.
    """
    text = Text(value[:READ])
    bare = Reading(b"")
    best = _bare(text, bare)
    if best is not None and best.confidence == "high":
        return best
    low = text.low
    for mark, context in _PLACES:
        for at in _leaves(low, mark):
            found = _inside(text, mark, context, at)
            if found is not None and (best is None or RANKS[found.confidence] > RANKS[best.confidence]):
                best = found
                if found.confidence == "high":
                    return best
    return best or faint_sql(text, bare)


def _leaves(low: bytes, mark: bytes) -> list[int]:
    """Where a text in such marks ends: at the first one that is not doubled, and, for MySQL, not behind a backslash."""
    at = low.find(mark)
    if at < 0 or mark == b"]":
        return [] if at < 0 else [at]
    places: list[int] = []
    for _ in range(QUOTES):
        if at < 0:
            break
        if low[at + 1 : at + 2] == mark:
            if low[at - 1 : at] == b"\\" and at + 1 not in places:
                places.append(at + 1)  # escaped, and then the end
            at = low.find(mark, at + 2)
            continue
        places.append(at)
        if len(places) == 2 or low[at - 1 : at] != b"\\":
            break
        at = low.find(mark, at + 1)
    return places


def _inside(text: Text, mark: bytes, context: str, at: int) -> Finding | None:
    reading = Reading(mark)
    more = tokens(text, at + 1)
    reading.read(more, ENOUGH)
    points = reading.points
    if points == 2:  # of having left a text
        adjoined = "adjoined" in reading.hints and len(text.low[: min(at, 256)].split(None, 2)) <= 1
        return _finding(context, "faint", reading, at) if adjoined and text.low[-1:] != mark else None
    confidence: Confidence | None = _level(points)
    words = len(text.low[: min(at, 256)].split(None, _SENTENCE))
    notes = reading.notes
    phrase = words > 1 or text.low[at - 1 : at].isspace()
    if phrase and confidence == "high" and not reading.broken:
        reading.read(more, _ALL)
    if mark == b"]" and _PROSE.issuperset(notes):
        confidence = None
    elif notes == ["cut"]:
        confidence = "high" if words <= 1 else "low"
    elif _phrase(text.low, mark, at) and _PHRASE.issuperset(notes):
        confidence = "low"
    elif phrase and text.low[-1:] == mark and notes == ["truth", "reopened"]:
        confidence = "low"  # the word itself, in quotes
    elif confidence == "high" and (_SYNTAX.issuperset(notes) or notes == ["union"]):
        confidence = "medium"  # as code has it that puts texts together, or a title in quotes
    elif confidence == "high" and words >= _SENTENCE:
        confidence = "medium" if at < 512 and _finished(reading) else "low"
    elif confidence == "high" and phrase and not _finished(reading):
        confidence = "medium"
    elif confidence == "medium" and (words >= _SENTENCE or _WEAK.issuperset(notes)):
        confidence = "low"
    return None if confidence is None else _finding(context, confidence, reading, at)


def _phrase(low: bytes, mark: bytes, at: int) -> bool:
    """Whether the value is made of quoted words, such as `"this" or "that"`."""
    begins = at == 0 or low[at - 1 : at] in (b"=", b":", b"(", b",")
    return begins and low[-1:] == mark and low.count(mark) % 2 == 0


def _finished(reading: Reading) -> bool:
    """Whether the value ends as an injection would: with a text begun, a comment that hides nothing, or in good grammar."""
    return "cut" in reading.notes or "reopened" in reading.notes or not (reading.broken or reading.talks)


def _bare(text: Text, reading: Reading) -> Finding | None:
    begin = text.low[:1] if text.low[:1] > b" " else text.low.lstrip(BLANK)[:1]
    if begin == b"<" and text.low.lstrip(BLANK)[1:2] in _MARKUP:
        return None
    more = tokens(text, 0)
    reading.read(more, ENOUGH)
    if reading.first == "word" and reading.points >= ENOUGH and not reading.broken:
        reading.read(more, _ALL)
    notes = reading.notes
    first = reading.first
    if not notes or notes == ["cut"] or (_PROSE.issuperset(notes) and first not in _ENTRIES):
        return None
    points = reading.points
    if (first in _ENTRIES and (not reading.compares or not _TELLING.isdisjoint(notes))) or (
        first in _CONDITIONS and "second" in notes
    ):
        points += 2
    if notes in (["truth"], ["union"]) or (notes == ["catalogue"] and first == "word"):
        return None
    confidence = _level(points)
    if first == "word" and confidence == "high" and _CERTAIN.isdisjoint(notes):
        confidence = "medium"  # a sentence that names a statement
    if first == "clause" and "cut" not in notes and not _TELLING.intersection(notes):
        confidence = "low"
    elif reading.broken and (first in ("word", "not") or reading.compares):
        confidence = "medium" if confidence == "high" else "low"
    return None if confidence is None else _finding("bare", confidence, reading, 0)


def _level(points: int) -> Confidence | None:
    return "high" if points >= ENOUGH else "medium" if points >= _MEDIUM else "low" if points >= _LOW else None


def _finding(context: str, confidence: Confidence, reading: Reading, at: int) -> Finding:
    fingerprint = "+".join(reading.notes or reading.hints)[:64]
    return Finding(context, confidence, fingerprint, (at, max(reading.end, at + 1)))
