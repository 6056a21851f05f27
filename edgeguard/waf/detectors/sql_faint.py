"""What might be SQL, where nothing that `sql` weighs was found: signs that single out values, but prove little by themselves.

Only `@detectSQLi` asks for them, which has no confidence to choose. Each is either the whole value, or words that no language
but SQL puts next to each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import Finding
from edgeguard.waf.detectors.sql_reading import Reading
from edgeguard.waf.detectors.sql_tokens import tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.detectors.sql_tokens import Text

_BLANKS = b"\t\n\x0b\x0c\r "
_OPERATORS = frozenset(b"-&|+*/^%=<>")
_FEW = 4
"""Places at which each word is looked at. An article about SQL has many; an injection begins with one."""

_EARLY = 4096
"""How far they are looked for: what stands before an injection has to fit the statement, and is short."""

_NUMBERS = b"0123456789.@"
_LISTED = frozenset(("number", "text", "literal", "variable", "*"))
_BETWEEN = frozenset(("union", "quantity", "(", "comment", "operator"))
_BEGUN = frozenset(("number", "variable"))
_ENDED = frozenset(("truth", "cut", "comparison"))


def faint_sql(text: Text, bare: Reading) -> Finding | None:
    """A finding of confidence `faint`; `bare` is what was read of the value as it stands."""
    low = text.low
    notes = bare.notes
    begun = bare.first in _BEGUN and low[-1:] != b"#"  # which ends links, too
    if "cut" in notes and not bare.talks and _ENDED.issuperset(notes) and (begun or notes.index("cut") > 0):
        return Finding("bare", "faint", "cut", (0, max(bare.end, 1)))
    if bare.first == "logic" and "literal" in bare.hints and low[: bare.end].translate(None, b"=<>!") != low[: bare.end]:
        return Finding("bare", "faint", "literal", (0, max(bare.end, 1)))
    if low[-1:] in (b"'", b'"') and _spliced(low):
        return Finding("double" if low[-1:] == b'"' else "single", "faint", "spliced", (0, len(low)))
    for word, looks in _WORDS:
        at = low.find(word, 0, _EARLY)
        for _ in range(_FEW):
            if at < 0:
                break
            begins = at == 0 or word == b"*/" or text.words[at - 1] == 0x20 or text.low[at - 1 : at].isdigit()
            end = looks(text, at) if begins else 0
            if end:
                return Finding("comment" if word == b"*/" else "bare", "faint", word.decode(), (at, end))
            at = low.find(word, at + 1, _EARLY)
    return None


def _spliced(low: bytes) -> bool:
    """Whether the value is one piece between two texts: a quote, an operator, ..., an operator, the same quote."""
    value = low.strip(_BLANKS)
    mark = value[:1]
    inner = value[1:-1].strip(_BLANKS)
    return bool(inner) and value[-1:] == mark and low.count(mark) == 2 and inner[0] in _OPERATORS and inner[-1] in _OPERATORS


def _joined(text: Text, at: int) -> int:
    """UNION SELECT anywhere, and a list that does not begin with a word, or with a call."""
    selects = False
    word = 0
    for kind, _, _, end in tokens(text, at):
        if word:
            return end if kind == "(" else 0
        if selects and kind in _LISTED:
            return end
        if selects and kind == "word":
            word = end
        elif kind == "select":
            selects = True
        elif kind not in _BETWEEN:
            return 0
    return 0


def _declared(text: Text, at: int) -> int:
    """DECLARE @name and a type."""
    kinds = [token[0] for token, _ in zip(tokens(text, at), range(3), strict=False)]
    return at + 8 if kinds[:2] == ["statement", "variable"] and kinds[2:] in (["word"], ["as"]) else 0


def _delayed(text: Text, at: int) -> int:
    """WAITFOR DELAY and a time in quotes."""
    begin = [token for token, _ in zip(tokens(text, at), range(3), strict=False)]
    fits = len(begin) == 3 and begin[1][1] in (b"delay", b"time") and begin[2][0] in ("text", "open", "variable")
    return begin[2][3] if fits and begin[0][0] == "statement" else 0


def _unlocked(text: Text, at: int) -> int:
    """A comment's end, a number, and UNION ALL."""
    low = text.low
    if low[at + 2 :].lstrip(_BLANKS + b"*/")[:1] not in _NUMBERS:
        return 0
    reading = Reading(b"")
    reading.read(tokens(text, at + 2), 6)
    return reading.end if reading.first in _BEGUN and ("all" in reading.hints or reading.points >= 4) else 0


_WORDS: tuple[tuple[bytes, Callable[[Text, int], int]], ...] = (
    (b"union", _joined),
    (b"declare", _declared),
    (b"waitfor", _delayed),
    (b"*/", _unlocked),
)
