"""From the text of a SecLang file to statements: comments gone, lines that go on joined. What they mean is not known here."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, NamedTuple

from edgeguard.waf.seclang.words import first_word

if TYPE_CHECKING:
    from collections.abc import Iterator

_BLANK = " \t\r\f\v"
# A rule that is commented out in its first line only: ModSecurity takes the lines that it goes on over for commented out too.
_RULES = ("secrule", "secaction")


class Statement(NamedTuple):
    """One directive with all its lines.

    Attributes:
        name: the first word.
        rest: what stands behind it, lines joined.
        starts: the offsets in `rest` at which lines begin, ascending; the first is 0 or less.
        numbers: the numbers of those lines.
    """

    name: str
    rest: str
    starts: tuple[int, ...]
    numbers: tuple[int, ...]

    @property
    def line(self) -> int:
        """The line on which it begins."""
        return self.numbers[0]

    def line_at(self, offset: int) -> int:
        """The line on which a character of `rest` stands."""
        return self.numbers[max(bisect_right(self.starts, offset) - 1, 0)]

    def joined_within(self, start: int, end: int) -> bool:
        """Whether a line ends between two offsets of `rest`."""
        return bisect_right(self.starts, start) != bisect_right(self.starts, end)


def statements(text: str) -> Iterator[Statement]:
    r"""The directives of a text in order.

    A line that ends in a backslash goes on with the next one, whose leading whitespace is dropped; `\\` at the end does not count
    (as in Apache). A comment is one line, but for a rule that is commented out: that is as long as the rule.
    """
    pieces: list[str] = []
    numbers: list[int] = []
    in_comment = False
    for number, raw in enumerate(text.split("\n"), 1):
        line = raw.strip(_BLANK)
        goes_on = line.endswith("\\") and not line.endswith("\\\\")
        if in_comment:
            in_comment = goes_on
        elif not pieces and (not line or line.startswith("#")):
            in_comment = goes_on and line[1:].lstrip(_BLANK).lower().startswith(_RULES)
        else:
            pieces.append(line[:-1] if goes_on else line)
            numbers.append(number)
            if not goes_on:
                yield _statement(pieces, numbers)
                pieces, numbers = [], []
    if pieces:
        yield _statement(pieces, numbers)


def _statement(pieces: list[str], numbers: list[int]) -> Statement:
    whole = "".join(pieces)
    name, rest = first_word(whole)
    starts = []
    at = -len(name) - 1
    for piece in pieces:
        starts.append(at)
        at += len(piece)
    return Statement(name, rest, tuple(starts), tuple(numbers))
