"""What speaks for an injection of SQL, and how much: the notes that a reading takes, and their weights."""

from __future__ import annotations

WEIGHTS = {
    "union": 4,         # UNION SELECT
    "list": 3,          # ... and a list of columns that nobody writes in prose
    "tautology": 4,     # OR, and two literals compared
    "comparison": 2,    # OR, and something compared
    "truth": 2,         # OR, and a literal that is true, and nothing else
    "true": 2,          # the same, in a word
    "equality": 2,      # a comparison right behind a text's end
    "joined": 1,        # a concatenation right behind a text's end
    "query": 4,         # (SELECT ..., with something in its list that is no plain word
    "nested": 2,        # another one in it
    "plain": 2,         # (SELECT word FROM word
    "danger": 4,        # a function that waits, reads files, or tells by its error
    "probe": 2,         # a function that takes texts apart or tells versions, as an operand
    "second": 5,        # another statement
    "order": 2,         # ORDER BY a number
    "group": 2,         # GROUP BY, and HAVING or a comment
    "having": 3,        # HAVING, and a comparison
    "limit": 1,
    "outfile": 6,
    "catalogue": 3,
    "system": 4,        # a variable of the server
    "case": 3,
    "analyse": 4,
    "cut": 2,           # a comment takes away the rest of the statement
    "reopened": 2,      # a text is begun for which the statement has the end
}  # fmt: skip

ENOUGH = 6


class Notes:
    """What was noted of one reading.

    Attributes:
        notes: in order, each once.
        points: their weights.
        hints: what weighs nothing, and is asked about only where nothing that weighs was found: `literal`, one stands left of
            a comparison; `all`, UNION ALL and no SELECT; `adjoined`, a statement right behind a text's end, with no semicolon.
    """

    __slots__ = ("hints", "notes", "points")

    def __init__(self, points: int) -> None:
        """Begin with `points`: where a text was ended just before, it already looks less like chance."""
        self.notes: list[str] = []
        self.points = points
        self.hints: set[str] = set()

    def note(self, name: str) -> None:
        """Take a note, unless it is taken already."""
        if name not in self.notes:
            self.notes.append(name)
            self.points += WEIGHTS[name]
