r"""`cmdLine`: a command line with what shells pass over taken away.

Unlike YAML's, it lowers letters, makes blanks of commas and semicolons, and knows nothing of `$@` and `${IFS}`.

Argument: none.
Result: without `\`, quotes and `^`; runs of space, comma, semicolon, tab and line ends are one space, and none before `/` or `(`.
Example: b"C^OMMAND,; /C \"DIR\"" -> b"command/c dir"
"""

from __future__ import annotations

_GONE = b"\\\"'^"
_BLANKS = b",;\t\r\n"
_UPPER = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
STIRS = b" " + _GONE + _BLANKS + _UPPER

_TABLE = bytes.maketrans(_GONE + _BLANKS + _UPPER, b"^" * len(_GONE) + b" " * len(_BLANKS) + _UPPER.lower())
_SPACE, _CARET, _SLASH, _BRACKET = b" ^/("


def cmd_line(value: bytes) -> bytes:
    """Passes in C; halving replaces a run of n blanks in log n of them."""
    line = value.translate(_TABLE)
    if _CARET in line:
        line = line.replace(b"^", b"")
    if _SPACE in line:
        while line.find(b"  ") >= 0:
            line = line.replace(b"  ", b" ")
        if _SLASH in line:
            line = line.replace(b" /", b"/")
        if _BRACKET in line:
            line = line.replace(b" (", b"(")
    return value if line == value else line
