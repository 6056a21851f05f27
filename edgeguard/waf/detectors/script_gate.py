r"""What occurs in every value that `script` finds something in, as expressions for the gate. Why they miss nothing:

Markup needs an element out of a short list, an event handler's name where an attribute may begin and an equals sign, a style
attribute with what it would take, or a URL at a value's or an attribute's beginning whose scheme runs: letter by letter, with
the line breaks that URLs drop between, or with a character reference in it that may hide a letter (`MARKUP`). A script's text
is left at its first quote; operators, then a name that is called or taken apart, and one of the names that attacks end in must
follow. A template needs its opening and such a name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import re2

from edgeguard.waf.detectors.script_code import BETWEEN, SINKS
from edgeguard.waf.expression import Expression, literal

if TYPE_CHECKING:
    from collections.abc import Callable

_ENDS = rb"[\x09\x0a\x0c\x0d />]"
_BREAKS = rb"[\x09\x0a\x0d]*"
_LOOSE = rb"[\x00-\x20\\]*"
_NAME = rb"[a-z0-9_$\x80-\xff]"
_REFERENCE = rb"&(?:#[x0-9]|tab;|newline;|colon;)"


def _spread(word: bytes, between: bytes) -> bytes:
    return between.join(literal(word[at : at + 1]) for at in range(len(word)))


def _any(words: tuple[bytes, ...], between: bytes) -> bytes:
    return rb"(?:" + b"|".join(_spread(word, between) for word in words) + rb")"


_STYLES = _any((b"expression", b"binding", b"behavio", b"javascript:"), _LOOSE)
_KINDS = _any((b"text/h", b"text/x", b"text/j", b"applicat", b"image/s"), _BREAKS)

MARKUP = (
    rb"</?(?:[^\x09\x0a\x0c\x0d />]*:)?script" + _ENDS,
    rb"<(?:iframe|frame|object|embed|applet|portal|base|meta|link|set|animate|use|style)" + _ENDS,
    rb"<\?import",
    rb"(?:^|[\x00-\x20/\"'`])on[a-z]{3,}[\x00-\x20]*=",
    _any((b"javascript:", b"vbscript:", b"livescript:"), _BREAKS),
    _spread(b"data:", _BREAKS) + rb"[\x09-\x0d ]*(?:" + _KINDS + rb"|[a-z/\x09\x0a\x0d]*&)",
    rb"(?:^|=)[\x00-\x20\"'`]*[a-z\x00-\x20]*" + _REFERENCE,
    rb"style[\x09\x0a\x0c\x0d ]*=[\x09\x0a\x0c\x0d ]*(?:\"[^\"]*|'[^']*|[^\x09\x0a\x0c\x0d >]*)(?:/\*|&|" + _STYLES + rb")",
    rb"[\"'/\x00-\x20]datasrc[\x00-\x20]*=",
    rb"script:",
)
"""What tags need; whatever stands in no attribute needs more."""

STYLE = (
    rb"expression" + _LOOSE + rb"(?:\(|/\*|&)",
    rb"-moz-binding",
    rb"behaviou?r" + _LOOSE + rb"(?::|/\*|&)",
    rb"script:",
)
"""What a style needs that is a value of its own; one in an attribute may hide more."""

_TEMPLATES = (
    rb"(?:\$\{|\{\{)[^a-z0-9_$\x80-\xff]*(?:alert|confirm|prompt|\$?eval|settimeout|fetch|import|document|window)",
    rb"(?:\$\{[^}]*|(?:\{\{|\[\[).*)constructor",
)


def _leaves(mark: bytes) -> bytes:
    between = b"[" + b"".join(literal(BETWEEN[at : at + 1]) for at in range(len(BETWEEN))) + b"]+"
    sinks = b"|".join(sorted(literal(word) for word in SINKS))
    taken = rb"\)*[\x09-\x0d ]*[(`\[.=?]"  # called, or taken apart
    name = rb"[a-z_$\x80-\xff]" + _NAME + rb"*" + taken
    between += rb"(?:(?:new|void|typeof|await|throw|return|delete)[^a-z0-9_$\x80-\xff]+)*"
    return rb"^[^%b]*%b%b(?:(?:%b)%b|(?:\[|%b).*(?:%b))" % (mark, mark, between, sinks, taken, name, sinks)


GATE = tuple(Expression(b"(?i)" + text, marked=True) for text in (*MARKUP, *STYLE, *_TEMPLATES, _leaves(rb"'"), _leaves(rb"\"")))


def _search(texts: tuple[bytes, ...]) -> Callable[[bytes], object]:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    search: Callable[[bytes], object] = re2.compile(b"(?i)(?:" + b"|".join(texts) + b")", options).search
    return search


may_be_markup = _search(MARKUP)  # of a value with a line end behind it, which ends a name
may_be_style = _search(STYLE)
