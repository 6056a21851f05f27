"""`replace_comments`: each `/* ... */` of SQL as one space; of MySQL's `/*!50000 ... */` only the marks go, as that code runs.

Argument: none.
Result: the statement as the database reads it; an open comment hides the rest, `--` and `#` what stands before a line end.
Example: b"union/**/all/*!50000select*/ 1/*x" -> b"union all select  1 "
"""

from __future__ import annotations

from edgeguard.waf.bodies.octet_pattern import octet_pattern

STIRS = b"*\n"

_STAR, _LINE_END = STIRS
_COMMENTS = 256  # up to a line end that are taken away: a statement of an attack has one a word
_to_the_end = octet_pattern(rb"(?:--|#)[^\n]*\n").sub


def replace_comments(value: bytes) -> bytes:
    """See `without_comments`."""
    plain = without_comments(value, b" ")
    if _LINE_END in plain and (b"--" in plain or b"#" in plain):
        shown: bytes = _to_the_end(b" ", plain, _COMMENTS)
        return value if shown == value else shown
    return plain


def without_comments(value: bytes, gap: bytes) -> bytes:
    """`value` with `gap` for each comment, and for each mark of one. Linear: each search begins where the last one ended."""
    start = value.find(b"/*") if _STAR in value else -1
    if start < 0:
        return value
    parts: list[bytes] = []
    at = 0
    while start >= 0:
        parts += (value[at:start], gap)
        if value[start + 2 : start + 3] == b"!":
            at = start + 3
            at += len(value[at : at + 6]) - len(value[at : at + 6].lstrip(b"0123456789"))
        else:
            end = value.find(b"*/", start + 2)
            at = len(value) if end < 0 else end + 2
        start = value.find(b"/*", at)
    parts.append(value[at:])
    return b"".join(parts).replace(b"*/", gap)
