r"""`detects_script`: the value would run script if it were put into a page: as text, attribute, URL, script text or style.

Arguments: the least confidence, `low`, `medium` or `high`; with `early` behind it, only where no words stand before it.
Result: from where the value turns into code to the end of the tag, or 64 bytes on.
Example: `{http.request.query.values|url_decode_uni|detects_script: high}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.finding import wanted
from edgeguard.waf.detectors.script import detect_script
from edgeguard.waf.detectors.script_code import SINKS
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.pattern import Expression, literal

if TYPE_CHECKING:
    from edgeguard.waf.pattern import Span

_ENDS = rb"[\x09\x0a\x0c\x0d />]"
_SPACE = rb"[\x09\x0a\x0c\x0d ]*"
_BREAKS = rb"[\x09\x0a\x0d]*"
_LOOSE = rb"[\x00\x09-\x0d \\]*"


def _spread(word: bytes, between: bytes) -> bytes:
    return between.join(literal(word[at : at + 1]) for at in range(len(word)))


def _gate() -> tuple[Expression, ...]:
    styles = b"|".join(_spread(word, _LOOSE) for word in (b"expression", b"binding", b"behavio", b"javascript:"))
    schemes = b"|".join(_spread(word, _BREAKS) for word in (b"javascript:", b"vbscript:", b"livescript:", b"data:"))
    sinks = b"|".join(sorted(literal(word) for word in SINKS))
    texts = (
        rb"</?[^\x09\x0a\x0c\x0d />]*script",
        rb"<(?:iframe|frame|object|embed|applet|portal|base|meta|link|set|animate|use)" + _ENDS,
        rb"on[a-z]{3,}" + _SPACE + rb"=",
        schemes,
        rb"&(?:#[x0-9]|tab;|newline;|colon;)",
        rb"style" + _SPACE + rb"=.*(?:/\*|&|" + styles + rb")",
        rb"(?:expression|-moz-binding|behavio|script:)",
        rb"['\"][ \x09\x0a\x0d;)}\],+*/|&^?:%<>=!~(.\\-].*(?:" + sinks + rb")",
        rb"(?:\$\{|\{\{|\[\[).*(?:constructor|alert|confirm|prompt|eval|settimeout|fetch|import|document|window)",
    )
    return tuple(Expression(b"(?i)" + text) for text in texts)


class DetectsScript(ValueOperator):
    """Linear in the value's length; see `detectors.script` for the grammar.

    Why the gate misses nothing. Each place needs something that a pattern can see: markup an element out of a short list, an
    event handler's name and an equals sign, a scheme that runs (letter by letter, with the line breaks that URLs drop
    between, or a character reference that may hide it), or a style attribute with what it would take; a text of a script
    needs its quote, operators, and one of the names that attacks end in; a template its opening and such a name.
    """

    gate: tuple[Expression, ...] | None = _gate()

    def __init__(self, argument: object) -> None:
        self._wanted = wanted("detects_script", argument)

    def find(self, value: bytes) -> Span | None:
        return self._wanted.span(detect_script(value), value)
