"""`normalise_path`: `//`, `/./` and `/../` resolved, as a file system would.

Argument: none.
Result: the path; it never climbs above its start when it begins with `/`, and ends in `/` only if it did before.
Example: b"/a//b/./../../../etc/passwd" -> b"/etc/passwd"
"""

from __future__ import annotations

STIRS = b"/."

_SLASH = ord("/")


def normalise_path(value: bytes) -> bytes:
    """Linear: one split at the slash, one push or pop for each segment."""
    if _SLASH not in value:
        return b"" if value == b"." else value
    if value.find(b"//") < 0 and value.find(b"/.") < 0 and value.find(b"./") < 0:
        return value
    rooted = value.startswith(b"/")
    kept: list[bytes] = []
    for segment in value.split(b"/"):
        if segment in (b"", b"."):
            continue
        if segment == b".." and kept and kept[-1] != b"..":
            kept.pop()
        elif segment != b".." or not rooted:
            kept.append(segment)
    path = (b"/" if rooted else b"") + b"/".join(kept)
    if kept and value.endswith(b"/"):
        path += b"/"
    return value if path == value else path
