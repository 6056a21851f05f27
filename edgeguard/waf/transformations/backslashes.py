"""How values are taken apart at their backslashes, for all that undo escapes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


_BACKSLASH = ord("\\")


def undone(value: bytes, escape: Callable[[bytes], bytes], end: bytes = b"\\") -> bytes:
    r"""`value` with each escape undone, and the same object where that changes nothing.

    Linear: one split at the backslash. `escape` gets what stands between one backslash and the next, at least one byte, and
    looks at a fixed number of them. Of two backslashes the second is a character; a last one without any becomes `end`.
    """
    if _BACKSLASH not in value:
        return value
    head, *pieces = value.split(b"\\")
    parts = [head]
    literal = False
    for piece in pieces:
        if literal:
            parts.append(piece)
            literal = False
        elif piece:
            parts.append(escape(piece))
        else:  # between two backslashes, or behind the last one
            parts.append(b"\\")
            literal = True
    if literal:
        parts[-1] = end
    decoded = b"".join(parts)
    return value if decoded == value else decoded
