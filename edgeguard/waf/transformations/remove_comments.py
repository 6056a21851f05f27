"""`remove_comments`: each `/* ... */` of SQL taken away; of MySQL's `/*!50000 ... */` only the marks go.

Argument: none.
Result: as `replace_comments`, with nothing in the gap; for filters behind that delete comments.
Example: b"uni/**/on/*!50000select*/ 1/*x" -> b"unionselect 1"
"""

from __future__ import annotations

STIRS = b"*"


def remove_comments(value: bytes) -> bytes:
    """Linear: each search begins where the last one ended."""
    start = value.find(b"/*")
    if start < 0:
        return value
    parts = []
    at = 0
    while start >= 0:
        parts.append(value[at:start])
        if value[start + 2 : start + 3] == b"!":
            parts.append(b"")
            at = start + 3
            at += len(value[at : at + 6]) - len(value[at : at + 6].lstrip(b"0123456789"))
        else:
            parts.append(b"")
            end = value.find(b"*/", start + 2)
            at = len(value) if end < 0 else end + 2
        start = value.find(b"/*", at)
    parts.append(value[at:])
    return b"".join(parts).replace(b"*/", b"")
