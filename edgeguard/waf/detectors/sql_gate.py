r"""What occurs in every value that `sql` finds something in, as expressions for the gate. Why they miss nothing:

A text is left at one place, at the first quote that is neither doubled nor escaped, and something is found only if what follows
there may follow an operand: a mark out of a short list, or a word of the grammar (`_inside`). A value that stands bare is read
from its beginning, and reading ends where two words follow each other of which the second is none of the grammar's; behind AND,
a comparison and their like an operand must follow, for which the same holds (`_STANDS`). Comments in between begin with a mark.

Beyond its beginning, each note that can make a finding needs words of its own: a sub-select or UNION its keyword, a function its
name, a second statement a semicolon or a verb, a condition a logical operator and then a comparison, a comment or `true`
(`_SIGNS`). They stand behind the beginning or in it (`_overlaps`). Words are looked for whatever precedes them, as `1or` and
`0x1union` are two tokens each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.sql_statement import VERBS
from edgeguard.waf.detectors.sql_words import CATALOGUE, DANGEROUS, EVERYDAY, WORDS
from edgeguard.waf.expression import Expression, literal
from edgeguard.waf.marks import needs_mark

if TYPE_CHECKING:
    from collections.abc import Iterable

_NEED_OPERANDS = ("logic", "compare", "operator", "as", "branch")
_PROSE = frozenset((b"mysql", b"sys", b"master"))


def _any(words: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(sorted(literal(word) for word in words)) + b")"


def _of(*parts: str) -> bytes:
    return _any(word for word, part in WORDS.items() if part in parts)


_P = {
    b"blank": rb"[\x00-\x20\xa0\xc2]*",
    b"gap": rb"[\x00-\x20\xa0\xc2]+",
    b"word": rb"[a-z0-9_$\x80-\xff]+",
    b"end": rb"[^a-z0-9_$\x80-\x9f\xa1-\xc1\xc3-\xff]",  # of a word
    b"sign": rb"[^a-z0-9_$\x80-\xff\x00-\x20]",
    b"opens": rb"(?:[^a-z0-9_$\x80-\xff\x00-\x20<\\?]|<[^a-z/!?]|\\n)",  # a sign that may begin a value
    b"after": rb"[^a-z0-9_$\x80-\xff\x00-\x20'\"`?\\]",  # a sign that may follow a word
    b"prefixed": rb"(?:n?q|[nexbur]|_[a-z0-9_$\x80-\xff]*)'",
    b"begins": rb"(?:/\*|\*/|--|#)",  # a comment
    b"verbs": _any((*VERBS, b"select")),
    b"needing": _of(*_NEED_OPERANDS),
    b"others": _any((*(word for word, part in WORDS.items() if part not in _NEED_OPERANDS), *EVERYDAY)),
    b"compares": _of("compare"),
    b"literal": _of("literal"),
    b"holds": rb".*(?:[=<>!~#]|--|/\*|true)",
}  # fmt: skip


def _made(text: bytes, **more: bytes) -> bytes:
    return text % {**_P, **{name.encode(): value for name, value in more.items()}}


_P[b"grammar"] = _made(rb"(?:%(needing)b|%(others)b)%(end)b")
_P[b"first"] = _made(rb"[0-9$]|%(prefixed)b|%(grammar)b")
_P[b"operand"] = _made(rb"%(blank)b(?:%(sign)b|%(first)b|%(word)b(?:%(blank)b%(after)b|%(gap)b%(grammar)b))")
_P[b"on"] = _made(rb"(?:%(others)b%(end)b|%(needing)b(?:%(sign)b|[\x00-\x20\xa0\xc2]%(operand)b))")
_STANDS = _made(rb"^%(blank)b(?:%(opens)b|%(first)b|%(word)b(?:%(blank)b%(after)b|%(gap)b%(on)b))")

_SIGNS = (
    _made(rb"(?:or|and|xor|\|\||&&|on|where|having|when|if)%(holds)b"),
    _made(rb"(?:[0-9.'\"$]|0[xb][0-9a-f]*|%(literal)b)%(blank)b(?:%(begins)b|%(compares)b[^a-z_]|not[^a-z_])"),
    rb"(?:union|except|intersect|minus|select|exec|execute|waitfor|declare|having|case.*when)[^a-z_]",
    rb"(?:from|join|into).*" + _any(_PROSE),
)
_RARE = (  # words of which it does not pay to tie them to the beginning
    _any(DANGEROUS - EVERYDAY),
    _made(rb"%(everyday)b%(blank)b(?:\(|%(begins)b)", everyday=_any(EVERYDAY)),
    _made(rb";%(blank)b(?:;|%(begins)b|%(verbs)b)"),
    rb"(?:outfile|dumpfile|analyse|@@)",
    _any(CATALOGUE - _PROSE),
    _made(rb"^%(blank)b(?:[-+]?(?:\.?[0-9]|@)|/\*|\*/).*(?:or|and|xor|\|\||&&|by|limit|having|where|on|\(|%(verbs)b)"),
)


def _overlaps() -> tuple[bytes, ...]:
    """The signs, where they are part of what `_STANDS` takes."""
    words = _made(rb"^%(blank)b(?:%(word)b%(gap)b(?:%(needing)b%(end)b%(blank)b(?:%(word)b%(gap)b)?)?)?")
    marks = _made(rb"^%(blank)b(?:%(word)b%(blank)b(?:%(needing)b%(end)b%(blank)b(?:%(word)b%(blank)b)?)?)?")
    return (
        words + _made(rb"(?:or|and|xor|on|where|having|when|i?if)%(end)b%(holds)b"),
        marks + _made(rb"(?:\|\||&&)%(holds)b"),
        marks + _SIGNS[1],
        words + _SIGNS[2],
        words + _SIGNS[3],
    )


def _inside(mark: bytes) -> bytes:
    """A value that leaves its text, and goes on with grammar."""
    within = rb"[^\]]" if mark == rb"\]" else rb"(?:[^" + mark + rb"]|" + mark + mark + rb"|\\" + mark + rb")"
    return _made(
        rb"^%(within)b*%(mark)b[\x00-\x20\xa0\xc2)]*"
        rb"(?:[|&+*/%%^=<>!~#-]|:[:=]|,%(operand)b|\(%(blank)b(?:/|select)|"
        rb";[;\x00-\x20\xa0\xc2]*(?:%(begins)b|%(verbs)b)|%(on)b)",
        within=within,
        mark=mark,
    )


GATE = tuple(
    Expression(b"(?i)" + text, marked=needs_mark(text.decode("latin-1")))
    for text in (
        *map(_inside, (rb"'", rb"\"", rb"`", rb"\]")),
        *(_STANDS + rb".*" + sign for sign in _SIGNS),
        *_overlaps(),
        *_RARE,
    )
)
