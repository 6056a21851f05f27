r"""`detects_sql`: the value would go on as SQL if it were put into a statement, bare or inside quotes.

Arguments: the least confidence, `low`, `medium` or `high`; with `early` behind it, only where no words stand before it.
Result: from the place where the value leaves its quotes (0 where it stands bare) to the last token that was read.
Example: `{http.request.query.values|url_decode_uni|detects_sql: high}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import wanted
from edgeguard.waf.detectors.sql import detect_sql
from edgeguard.waf.detectors.sql_statement import VERBS
from edgeguard.waf.detectors.sql_words import CATALOGUE, DANGEROUS, EVERYDAY, WORDS
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.pattern import Expression, literal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.pattern import Span

_BLANK = rb"[\x00-\x20\xa0\xc2]*"
_PROSE = frozenset((b"mysql", b"sys", b"master"))
_LOGIC = rb"(?:or|and|xor|\|\||&&|on|where|having|when)"


def _any(words: Iterable[bytes]) -> bytes:
    return b"(?:" + b"|".join(sorted(literal(word) for word in words)) + b")"


def _of(*parts: str) -> bytes:
    return _any(word for word, part in WORDS.items() if part in parts)


def _gate() -> tuple[Expression, ...]:
    going_on = (
        rb"(?:"
        + _of("logic", "compare", "operator", "not", "as", "union", "clause", "branch", "end", "order", "statement")
        + rb"|"
        + _any(EVERYDAY)
        + rb")"
    )
    compares = _of("compare")
    begins = rb"(?:/\*|\*/|--|#)"
    left = rb"(?:[0-9.'\"$]|0[xb][0-9a-f]*|" + _of("literal")[3:]
    behind_number = rb"(?:or|and|xor|\|\||&&|by|limit|having|where|on|\(|" + _any(VERBS) + rb")"
    texts = (
        rb"['\"`\]]" + _BLANK + rb"(?:[)|&+*/%^=<>!~,#;{}-]|:[:=]|" + going_on + rb"[^a-z])",
        _LOGIC + rb".*(?:[=<>!~#]|--|/\*|true)",
        left + _BLANK + rb"(?:" + begins + rb"|" + compares + rb"[^a-z_]|not[^a-z_])",
        rb"^" + _BLANK + rb"(?:[0-9.@]|" + begins + rb").*" + behind_number,
        rb"(?:union|except|intersect|minus)[^a-z_]",
        rb"select",
        _any(DANGEROUS - EVERYDAY),
        _any(EVERYDAY) + _BLANK + rb"(?:\(|" + begins + rb")",
        rb";" + _BLANK + rb"(?:[;{]|" + begins + rb"|" + _any((*VERBS, b"select")) + rb")",
        rb"(?:exec|execute|waitfor|declare)[^a-z_]",
        rb"(?:outfile|dumpfile|analyse|@@)",
        _any(CATALOGUE - _PROSE),
        rb"(?:from|join|into).*" + _any(_PROSE),
        rb"case.*when[^a-z_]",
        rb"having[^a-z_]",
    )
    return tuple(Expression(b"(?i)" + text) for text in texts)


class DetectsSql(ValueOperator):
    """Linear in the value's length; see `detectors.sql` for the grammar.

    Why the gate misses nothing. Inside quotes something is found only if what follows the first quote may follow an operand:
    a mark out of a short list, or a word of the grammar; a comment in between begins with `/`, `-` or `#`. Bare, each note
    that can make a finding needs words of its own: a sub-select or UNION its keyword, a function its name, a second statement
    a semicolon or a verb, a condition a logical operator and then a comparison, a comment or `true`. Notes that count only
    behind a number need one at the value's start. Words are looked for whatever precedes them, as `1or` and `0x1union` are
    two tokens each.
    """

    gate: tuple[Expression, ...] | None = _gate()

    def __init__(self, argument: object) -> None:
        self._wanted = wanted("detects_sql", argument)

    def find(self, value: bytes) -> Span | None:
        return self._wanted.span(detect_sql(value), value)
