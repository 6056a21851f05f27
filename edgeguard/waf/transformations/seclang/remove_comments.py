r"""`removeComments`: comments of C and HTML taken away, and all from `--` or `#` on.

Unlike YAML's, it reads no MySQL, and it has two oddities on which rules may lean: the byte behind a comment is never
the start of the next one, and is NUL where there is none; a comment without an end is a space.

Argument: none.
Result: the rest.
Example: b"un/* a */ion<!-- b --> c # d" -> b"union c "
"""

from __future__ import annotations

STIRS = b"*-#"

_STAR, _DASH, _HASH = STIRS
_OPENING = (b"/*", b"<!--", b"--", b"#")
_CLOSING = (b"*/", b"-->")


def remove_comments(value: bytes) -> bytes:
    """Linear: what was found is remembered until it is passed, so that no mark is looked for twice in one stretch."""
    if _STAR not in value and _DASH not in value and _HASH not in value:
        return value
    known = dict.fromkeys((*_OPENING, *_CLOSING), -1)
    parts: list[bytes] = []
    at = 0
    while True:
        start, mark = _next(value, _OPENING, at, known)
        parts.append(value[at:start])
        if mark not in (b"/*", b"<!--"):
            break
        end, mark = _next(value, _CLOSING, start + len(mark), known)
        if not mark:
            parts.append(b" ")
            break
        at = end + len(mark) + 1
        parts.append(value[at - 1 : at] or b"\0")
    rest = b"".join(parts)
    return value if rest == value else rest


def _next(value: bytes, marks: tuple[bytes, ...], at: int, known: dict[bytes, int]) -> tuple[int, bytes]:
    """The first of `marks` from `at` on and its place; b"" and the end where there is none."""
    place, found = len(value), b""
    for mark in marks:
        if known[mark] < at:
            start = value.find(mark, at)
            known[mark] = len(value) if start < 0 else start
        if known[mark] < place:
            place, found = known[mark], mark
    return place, found
