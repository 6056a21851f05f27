r"""`cmd_line`: a shell's ways of writing the same command undone: quotes, backslashes,
carets, `$@`, `$*`, `${IFS}`.

Argument: none.
Result: the command as the shell would run it, roughly; not lower-cased.
Example: b"c\\a\"t\"${IFS}/e^tc$@/passwd" -> b"cat /etc/passwd"
"""

from __future__ import annotations

_QUOTES = b"\\\"'^"
STIRS = b"$" + _QUOTES

_BACKSLASH, _DOUBLE, _SINGLE, _CARET = _QUOTES
_DOLLAR = ord("$")
_BLANKS = (b"${IFS%??}", b"${IFS}", b"$IFS$9", b"$IFS")


def cmd_line(value: bytes) -> bytes:
    """A fixed number of passes in C."""
    line = value
    if _DOLLAR in line:
        for spelling in _BLANKS:
            line = line.replace(spelling, b" ")
        line = line.replace(b"$@", b"").replace(b"$*", b"")
    if _BACKSLASH in line or _DOUBLE in line or _SINGLE in line or _CARET in line:
        line = line.translate(None, _QUOTES)
    return value if line == value else line
