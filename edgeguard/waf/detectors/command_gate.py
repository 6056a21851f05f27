r"""What occurs in every value that `command` finds something in, as expressions for the gate. Why they miss nothing:

A finding is a command at the value's beginning, which is one of `RUNNERS` and a blank (`_whole`), or one behind a sign. There it
has a name out of `NAMES`, that begins behind a sign, a blank, a brace or a slash and ends where no letter of a name follows, or
a dot; or it begins with a variable, a pattern, or a path of a few roots (`_path`).
"""

from __future__ import annotations

from edgeguard.waf.detectors.command_words import NAMES, RUNNERS
from edgeguard.waf.expression import Expression, literal


def _any(words: frozenset[bytes]) -> bytes:
    return b"(?:" + b"|".join(sorted(map(literal, words))) + b")"


_SIGN = rb"[;|&\x0a\x0d\x60(]"
_OPENS = rb"[ \x09\x0b\x0c({!@+]*"
_ENDS = rb"(?:[^a-z0-9_-]|$)"

GATE = tuple(
    Expression(b"(?i)" + text, marked=text[:1] != b"^")
    for text in (
        rb"^[\x09-\x0d ]*" + _any(RUNNERS) + rb"[\x09-\x0d ]",
        _SIGN + _OPENS + _any(NAMES) + _ENDS,
        _SIGN + rb"[^;|&\x0a\x0d\x60]*[\x09-\x0d /=]" + _any(NAMES) + _ENDS,
        _SIGN + rb"[^;|&\x0a\x0d\x60]*[$/~?*%\[\\:.]",
    )
)
