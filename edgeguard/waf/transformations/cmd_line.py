r"""`cmd_line`: a shell's ways of writing the same command undone: quotes, backslashes,
carets, `$@`, `$*`, `${IFS}`, variables and substitutions that stand for nothing within a word.

Argument: none.
Result: the command as the shell would run it, roughly; not lower-cased.
Example: b"c\\a\"t\"${IFS}/e^tc$@/pa${x}ss$()wd" -> b"cat /etc/passwd"
"""

from __future__ import annotations

_QUOTES = b"\\\"'^"
STIRS = b"$`" + _QUOTES

_BACKSLASH, _DOUBLE, _SINGLE, _CARET = _QUOTES
_DOLLAR, _BACK = b"$`"
_BLANKS = (b"${IFS%??}", b"${IFS}", b"$IFS$9", b"$IFS")
_LONGEST = 24  # letters of a variable's name


def cmd_line(value: bytes) -> bytes:
    """A fixed number of passes in C, and one split at `${`."""
    line = value
    if _DOLLAR in line:
        for spelling in _BLANKS:
            line = line.replace(spelling, b" ")
        line = line.replace(b"$@", b"").replace(b"$*", b"").replace(b"$()", b"").replace(b"$'", b"").replace(b'$"', b"")
        if b"${" in line:
            line = _without_variables(line)
    if _BACK in line:
        line = line.replace(b"``", b"")
    if _BACKSLASH in line or _DOUBLE in line or _SINGLE in line or _CARET in line:
        line = line.translate(None, _QUOTES)
    return value if line == value else line


def _without_variables(line: bytes) -> bytes:
    """Without `${name}` that stands within a word: there it is a variable that nobody set."""
    head, *pieces = line.split(b"${")
    parts = [head]
    last = head[-1:]
    for piece in pieces:
        end = piece.find(b"}", 1, _LONGEST)
        name = piece[:end].strip(b"@*#")
        if end > 0 and (name.isalnum() or not name) and last.isalnum() and piece[end + 1 : end + 2].isalnum():
            parts.append(piece[end + 1 :])
        else:
            parts.append(b"${" + piece)
        last = piece[-1:]
    return b"".join(parts)
