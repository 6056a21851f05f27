"""Tokens of SQL, of all dialects at once: where dialects differ, the reading that an attacker would choose.

A lexer only: it never judges. Every step moves forward, and `_STEPS` bounds them, so that work is linear in a value and small
for each place at which reading begins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.sql_words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_STEPS = 192
"""Tokens and comments read from one place. What makes an injection stands within its first dozen; sqlmap's longest payloads,
with every character spelled as CHR(n), come to about 150."""

QUOTES = 256
"""Doubled or escaped quotes passed over in one text. A form's text has a few; thousands would be work for nothing."""

_DIGITS = b"0123456789"
_HEX = b"0123456789abcdef"
_WORD = frozenset(b"abcdefghijklmnopqrstuvwxyz0123456789_$") | frozenset(range(0x80, 0x100))
_TO_WORDS = bytes(octet if octet in _WORD else 0x20 for octet in range(256))
BLANK = bytes(range(0x21))
_PREFIXES = frozenset((b"n", b"e", b"x", b"b", b"u", b"r"))
_CLOSING = {0x5B: 0x5D, 0x28: 0x29, 0x7B: 0x7D, 0x3C: 0x3E}


Token = tuple[str, bytes, int, int]
"""Kind, text in lower case, start, end. A plain tuple, as making a named one takes longer than reading a token.

Kinds: `number`, `text`, `open` (a text without its end), `variable`, `name` (quoted), `word`, a part of speech of
`sql_words.WORDS`, `comment` (one that may cut off what follows), `compare`, `operator`, `logic`, `cast`, a punctuation mark
itself, or `other`.
"""


class Text:
    """A value made ready: in lower case, and once more with all but words blanked out, which finds a word's end at once.

    Lone bytes A0 are spaces to MySQL; in UTF-8 they are halves of letters.
    """

    __slots__ = ("low", "words")

    def __init__(self, value: bytes) -> None:
        low = value.lower()
        if b"\xa0" in low:
            low = low.replace(b"\xc2\xa0", b"  ")
            try:
                low.decode()
            except UnicodeDecodeError:
                low = low.replace(b"\xa0", b" ")
        self.low = low
        self.words = low.translate(_TO_WORDS) + b" "


def tokens(text: Text, at: int) -> Iterator[Token]:
    """The tokens from `at` on. Comments come as tokens only where they may cut off the rest of a line; others are blanks."""
    low = text.low
    size = len(low)
    for _ in range(_STEPS):
        while at < size and low[at] <= 0x20:
            at += 1
            if at + 8 < size and low[at] <= 0x20:
                at = size - len(low[at:].lstrip(BLANK))
        if at >= size:
            return
        kind, end = _LEXERS[low[at]](text, at)
        if kind:
            yield kind, low[at:end], at, end
        at = end


def _word(text: Text, at: int) -> tuple[str, int]:
    low = text.low
    end = text.words.find(b" ", at)
    word = low[at:end]
    kind = WORDS.get(word)
    if kind is not None:
        return kind, end
    if word == b"u" and low[end : end + 2] == b"&'":
        return _quoted(text, end + 1)
    if low[end : end + 1] == b"'":
        if word in _PREFIXES or word[:1] == b"_":
            return _quoted(text, end)
        if word in (b"q", b"nq") and end + 1 < len(low):
            return _oracle(low, end)
    return "word", end


def _oracle(low: bytes, quote: int) -> tuple[str, int]:
    """Oracle's q'[...]': ends at the partner of its first character and a quote."""
    mark = low[quote + 1]
    end = low.find(bytes((_CLOSING.get(mark, mark), 0x27)), quote + 2)
    return ("open", len(low)) if end < 0 else ("text", end + 2)


def _number(text: Text, at: int) -> tuple[str, int]:
    low = text.low
    end = text.words.find(b" ", at)
    run = low[at:end]
    if run[:2] in (b"0x", b"0b"):
        return "number", at + 2 + len(run) - 2 - len(run[2:].lstrip(_HEX))
    rest = run.lstrip(_DIGITS)
    if not rest and low[end : end + 1] == b".":
        at, end = end + 1, text.words.find(b" ", end + 1)
        rest = low[at:end].lstrip(_DIGITS)
    if rest[:1] == b"e":
        tail = rest[1:].lstrip(_DIGITS)
        if len(tail) < len(rest) - 1:
            return "number", end - len(tail)
        sign = low[end : end + 2]
        if not tail and sign[:1] in (b"+", b"-") and sign[1:].isdigit():
            after = text.words.find(b" ", end + 1)
            return "number", after - len(low[end + 1 : after].lstrip(_DIGITS))
    return "number", end - len(rest)


def _quoted(text: Text, at: int) -> tuple[str, int]:
    """A text in quotes: ends at a quote that is neither doubled nor behind an odd number of backslashes."""
    end = close(text.low, text.low[at : at + 1], at + 1)
    return ("open", len(text.low)) if end < 0 else ("text", end + 1)


def close(low: bytes, quote: bytes, at: int) -> int:
    """The place of the quote that ends a text which began before `at`; -1 where none does."""
    end = low.find(quote, at)
    for _ in range(QUOTES):
        if end < 0:
            return -1
        if low[end + 1 : end + 2] == quote:
            end = low.find(quote, end + 2)
            continue
        back = end
        while back > at and low[back - 1] == 0x5C:
            back -= 1
        if (end - back) % 2 == 0:
            return end
        at, end = end + 1, low.find(quote, end + 1)
    return -1


def _name(text: Text, at: int) -> tuple[str, int]:
    end = text.low.find(b"`" if text.low[at] == 0x60 else b"]", at + 1)
    return ("open" if text.low[at] == 0x60 else "other", len(text.low)) if end < 0 else ("name", end + 1)


def _dash(text: Text, at: int) -> tuple[str, int]:
    following = text.low[at + 1 : at + 2]
    if following == b"-":
        return _line(text, at)
    return ("operator", at + 1) if following != b">" else ("operator", at + 2 + (text.low[at + 2 : at + 3] == b">"))


def _line(text: Text, at: int) -> tuple[str, int]:
    end = text.low.find(b"\n", at)
    return "comment", len(text.low) if end < 0 else end


def _slash(text: Text, at: int) -> tuple[str, int]:
    """A comment, or a division. What MySQL and MariaDB run though it stands in a comment is read as they read it."""
    low = text.low
    if low[at + 1 : at + 2] != b"*":
        return "operator", at + 1
    mark = low[at + 2 : at + 4]
    if mark[:1] == b"!" or mark == b"m!":
        at += 3 if mark[:1] == b"!" else 4
        end = at
        while end < at + 6 and low[end : end + 1].isdigit():
            end += 1
        return "", end
    end = low.find(b"*/", at + 2)
    return ("comment", len(low)) if end < 0 else ("", end + 2)


def _star(text: Text, at: int) -> tuple[str, int]:
    """A star, or the end of a comment; of `*/*` the slash begins one."""
    low = text.low
    return ("", at + 2) if low[at + 1 : at + 2] == b"/" and low[at + 2 : at + 3] != b"*" else ("*", at + 1)


def _variable(text: Text, at: int) -> tuple[str, int]:
    at += 2 if text.low[at + 1 : at + 2] == b"@" else 1
    if at < len(text.low) and text.low[at] == 0x60:
        return "variable", _name(text, at)[1]
    end = text.words.find(b" ", at)
    return "variable" if end > at else "other", end


def _dollar(text: Text, at: int) -> tuple[str, int]:
    """PostgreSQL's $tag$...$tag$, or a word."""
    low = text.low
    end = low.find(b"$", at + 1, at + 34)
    if end > 0 and (end == at + 1 or low[at + 1 : end].isalnum()):
        tag = low[at : end + 1]
        end = low.find(tag, end + 1)
        if end > 0:
            return "text", end + len(tag)
    return _word(text, at)


def _bars(text: Text, at: int) -> tuple[str, int]:
    return ("logic", at + 2) if text.low[at + 1] == text.low[at] else ("operator", at + 1)


def _pair(text: Text, at: int) -> tuple[str, int]:
    return _bars(text, at) if at + 1 < len(text.low) else ("operator", at + 1)


def _compare(text: Text, at: int) -> tuple[str, int]:
    """`=`, `<`, `>`, `!` or `~`, and what they form together: at most three of them."""
    low = text.low
    end = at + 1
    while end < at + 3 and low[end : end + 1] in (b"=", b">", b"<", b"~"):
        end += 1
    if end == at + 1 and low[at] in b"!~":
        return "not", end
    if end == at + 2 and low[at:end] in (b"<<", b">>"):
        return "operator", end
    return "compare", end


def _colon(text: Text, at: int) -> tuple[str, int]:
    following = text.low[at + 1 : at + 2]
    return ("cast", at + 2) if following == b":" else ("compare", at + 2) if following == b"=" else ("other", at + 1)


def _dot(text: Text, at: int) -> tuple[str, int]:
    if at + 1 < len(text.low) and text.low[at + 1] in _DIGITS and (at == 0 or text.words[at - 1] == 0x20):
        return _number(text, at + 1)
    return ".", at + 1


def _backslash(text: Text, at: int) -> tuple[str, int]:
    """MySQL's NULL is also written N behind a backslash."""
    return ("literal", at + 2) if text.words[at + 1 : at + 3] == b"n " else ("other", at + 1)


def _mark(text: Text, at: int) -> tuple[str, int]:
    return chr(text.low[at]), at + 1


def _other(_text: Text, at: int) -> tuple[str, int]:
    return "other", at + 1


def _operator(_text: Text, at: int) -> tuple[str, int]:
    return "operator", at + 1


def _lexers() -> tuple[Callable[[Text, int], tuple[str, int]], ...]:
    table: list[Callable[[Text, int], tuple[str, int]]] = [_other] * 256
    by_octets = {
        bytes(_WORD): _word,
        _DIGITS: _number,
        b"'\"": _quoted,
        b"`[": _name,
        b"-": _dash,
        b"#": _line,
        b"/": _slash,
        b"*": _star,
        b"@": _variable,
        b"$": _dollar,
        b"|&": _pair,
        b"=<>!~": _compare,
        b":": _colon,
        b".": _dot,
        b"\\": _backslash,
        b"(),;{}": _mark,
        b"+%^": _operator,
    }
    for octets, lexer in by_octets.items():
        for octet in octets:
            table[octet] = lexer
    return tuple(table)


_LEXERS = _lexers()
