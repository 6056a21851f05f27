r"""`replaceComments`: each `/* ... */` as one space.

Unlike YAML's, it reads no MySQL: the code in `/*!50000 ... */` goes too, and a lone `*/` stays.

Argument: none.
Result: the rest; a comment without an end hides all behind it.
Example: b"union/**/all/*!select*/ 1*//*x" -> b"union all  1*/ "
"""

from __future__ import annotations

STIRS = b"*"

_STAR = ord("*")


def replace_comments(value: bytes) -> bytes:
    """Linear: each search begins where the last one ended."""
    start = value.find(b"/*") if _STAR in value else -1
    if start < 0:
        return value
    parts: list[bytes] = []
    at = 0
    while start >= 0:
        parts += (value[at:start], b" ")
        end = value.find(b"*/", start + 2)
        if end < 0:
            break
        at = end + 2
        start = value.find(b"/*", at)
    else:
        parts.append(value[at:])
    return b"".join(parts)
