r"""The words of a statement, as Apache reads them: split at whitespace, held together by quotes of either kind."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from edgeguard.waf.faults import Refused

Pairs = Literal["halved", "kept"]

_BLANK: Final = " \t"
_QUOTES: Final = "\"'"


class Word(NamedTuple):
    """One word.

    Attributes:
        text: without the quotes around it, escapes undone.
        at, end: where it stands in the statement's rest.
        doubled: it has pairs of backslashes, which engines read in two ways.
    """

    text: str
    at: int
    end: int
    doubled: bool


class Misplaced(Refused):
    """A part that does not make sense, and where in the statement it stands."""

    def __init__(self, text: str, at: int) -> None:
        super().__init__(text)
        self.at = at


class Ahead:
    """Where the next of some signs stands, found in one pass over the text however often it is asked, for places that ascend."""

    def __init__(self, text: str, signs: str) -> None:
        self._text = text
        self._next = dict.fromkeys(signs, -1)

    def find(self, at: int) -> int:
        """The first place of any of the signs from `at` on; the text's length where there is none."""
        for sign, place in self._next.items():
            if place < at:
                found = self._text.find(sign, at)
                self._next[sign] = found if found >= 0 else len(self._text)
        return min(self._next.values())


def words(rest: str, pairs: Pairs = "halved") -> list[Word]:
    """All words of a statement's rest.

    Raises:
        Misplaced: a quote is not closed, or text follows it.
    """
    found: list[Word] = []
    at, end = 0, len(rest)
    blank = Ahead(rest, _BLANK)
    while at < end:
        if rest[at] in _BLANK:
            at += 1
            continue
        quote = rest[at] if rest[at] in _QUOTES else ""
        if quote:
            close = closing(rest, at + 1, quote)
            if close < 0:
                raise Misplaced("a quote is not closed; a line that goes on in the next one ends in a backslash", at)
            follows = rest[close + 1 : close + 2]
            if follows and follows not in _BLANK and follows not in _QUOTES:
                raise Misplaced(
                    rf"'{shown(rest[close + 1 :])}' stands right behind a quote; inside quotes one is written \{quote}", close
                )
            raw, start, at = rest[at + 1 : close], at + 1, close + 1
        else:
            start = at
            at = blank.find(at)
            raw = rest[start:at]
        found.append(Word(unescape(raw, quote, pairs), start, at, "\\\\" in raw))
    return found


def first_word(text: str) -> tuple[str, str]:
    """What stands before the first blank, and what behind it."""
    space = text.find(" ")
    tab = text.find("\t", 0, space if space >= 0 else len(text))
    cut = tab if tab >= 0 else space
    return (text, "") if cut < 0 else (text[:cut], text[cut + 1 :])


def closing(text: str, at: int, quote: str) -> int:
    """Where the quote that was opened before `at` is closed; -1 where it is not. An odd number of backslashes escapes one."""
    while (close := text.find(quote, at)) >= 0:
        before = close
        while before > at and text[before - 1] == "\\":
            before -= 1
        if (close - before) % 2 == 0:
            return close
        at = close + 1
    return -1


def unescape(raw: str, quote: str, pairs: Pairs = "halved") -> str:
    r"""The text that was meant: `\"` within `"` is `"`, and `\\` is `\` unless pairs are kept. Other backslashes stay."""
    if "\\" not in raw:
        return raw
    parts = []
    start = 0
    while (at := raw.find("\\", start)) >= 0:
        follows = raw[at + 1 : at + 2]
        parts.append(raw[start:at])
        if follows == "\\":
            parts.append("\\" if pairs == "halved" else "\\\\")
        elif follows and follows == quote:
            parts.append(quote)
        else:
            parts.append("\\" + follows)
        start = at + 2
    parts.append(raw[start:])
    return "".join(parts)


def shown(text: str) -> str:
    """A piece of a script as faults show it: its beginning, on one line."""
    plain = " ".join(text[:200].split())
    return plain if len(plain) <= 40 and len(text) <= 200 else plain[:40] + "…"
