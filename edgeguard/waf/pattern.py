r"""One dialect of regular expressions for two engines: RE2, which decides, and Hyperscan, which gates.

The gate must never say no where RE2 says yes. So what the two read differently is either spelled out for both
(`\s` takes the vertical tab, `\v` is one character), refused (`\p`, `\C`, `\Q`, `{,n}`), or kept from the gate (`(?m)`, and
caseless patterns with bytes beyond ASCII, which only RE2 folds as Latin-1). The gate's patterns are looser, too: a
repetition of up to 33 times or more counts as unbounded there, which takes all that the bounded one takes and compiles
much faster; and the end of a value may be anywhere, for a reason that `gate` tells. Patterns look at bytes: RE2 as
Latin-1, with a dot that takes line ends. Rules in SecLang have PCRE's patterns instead, which `pcre` reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import re2

from edgeguard.waf.expression import Expression
from edgeguard.waf.faults import Refused
from edgeguard.waf.marks import needs_mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgeguard.waf.expression import Span

_SPACE = r"\x09-\x0d\x20"
_NO_SPACE = r"\x00-\x08\x0e-\x1f\x21-\xff"
_REFUSED = {"p": r"\p", "P": r"\P", "C": r"\C", "Q": r"\Q", "E": r"\E"}

_WIDE = 33
_ANYWHERE = "(?:)"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern.

    Attributes:
        search: bytes to the first match's span, or None.
        gate: for the gate; None where only RE2 reads the pattern rightly.
        every: bytes to the spans of all matches that are not empty, none overlapping.
    """

    text: str
    search: Callable[[bytes], Span | None]
    gate: Expression | None
    every: Callable[[bytes], Iterator[Span]]


def compile_pattern(text: str) -> Pattern:
    """A pattern of the dialect, ready for both engines.

    Raises:
        Refused: it is no pattern, or one whose meaning would differ between the engines.
    """
    spelled, loose, twofold = _spell_out(text)
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    options.log_errors = False
    try:
        compiled = re2.compile(spelled.encode("ascii"), options)
    except re2.error as error:
        reason = error.args[0] if error.args else "?"
        raise Refused(f"'{text}' is no pattern: {reason.decode() if isinstance(reason, bytes) else reason}") from None
    search = compiled.search

    def find(value: bytes) -> Span | None:
        found = search(value)
        return None if found is None else found.span()

    def every(value: bytes) -> Iterator[Span]:
        return (found.span() for found in compiled.finditer(value) if found.end() > found.start())

    empty = find(b"") is not None
    gate = Expression(loose.encode("ascii"), marked=needs_mark(spelled)) if twofold and not empty else None
    return Pattern(text, find, gate, every)


def _spell_out(text: str) -> tuple[str, str, bool]:
    """The pattern with its ambiguities removed, the same for the gate, and whether the gate may have it."""
    if not text.isascii():
        raise Refused(f"'{text}': patterns look at bytes; write characters beyond ASCII as \\xHH, byte by byte of their UTF-8")
    if "{," in text:
        raise Refused(f"'{text}': write {{0,n}} for {{,n}}")
    out: list[str] = []
    loose: list[str] = []
    in_class = False
    class_start = at = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            piece = _escape(text, at, in_class=in_class)
            out.append(piece)
            loose.append(_ANYWHERE if piece == r"\z" and not in_class else piece)
            at += 2
            continue
        if not in_class and char == "[":
            in_class = True
            class_start = at + (2 if text[at + 1 : at + 2] == "^" else 1)
        elif in_class and char == "[" and text[at + 1 : at + 2] == ":" and ":]" in text[at:]:
            end = text.index(":]", at) + 2
            out.append(text[at:end])
            loose.append(text[at:end])
            at = end
            continue
        elif in_class and char == "]" and at != class_start:
            in_class = False
        elif not in_class and char == "{" and (wide := _unbounded(text, at)):
            end = text.index("}", at) + 1
            out.append(text[at:end])
            loose.append(wide)
            at = end
            continue
        out.append(char)
        loose.append(_ANYWHERE if char == "$" and not in_class else char)
        at += 1
    flags = _flags(text)
    high = any(f"\\x{digit}" in text.lower() for digit in "{89abcdef")
    return "".join(out), "".join(loose), "m" not in flags and not ("i" in flags and high)


def _unbounded(text: str, at: int) -> str:
    """For `{m,n}` at `at` with a large n: the repetition without its upper bound; else nothing."""
    least, comma, most = text[at + 1 : text.find("}", at)].partition(",")
    if not comma or not least.isdigit() or not most.isdigit() or int(most) < _WIDE:
        return ""
    return {"0": "*", "1": "+"}.get(least, f"{{{least},}}")


def _escape(text: str, at: int, *, in_class: bool) -> str:
    letter = text[at + 1 : at + 2]
    if letter in _REFUSED:
        raise Refused(f"'{text}': {_REFUSED[letter]} is not taken; write the bytes meant")
    if letter == "v":
        return r"\x0b"
    if letter not in ("s", "S"):
        return text[at : at + 2]
    if in_class:
        if text[at + 2 : at + 3] == "-" and text[at + 3 : at + 4] != "]":
            raise Refused(f"'{text}': a class of characters can't begin a range")
        return _SPACE if letter == "s" else _NO_SPACE
    return f"[{_SPACE}]" if letter == "s" else f"[^{_SPACE}]"


def _flags(text: str) -> str:
    """All letters that stand in `(?letters)` or `(?letters:`."""
    letters = []
    for piece in text.split("(?")[1:]:
        head = piece[: len(piece) - len(piece.lstrip("imsU-"))]
        if piece[len(head) : len(head) + 1] in (")", ":"):
            letters.append(head)
    return "".join(letters)
