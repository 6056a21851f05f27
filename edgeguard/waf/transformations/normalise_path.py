"""`normalise_path`: `//`, `/./` and `/../` resolved, as a file system would.

Argument: none.
Result: the path; it never climbs above its start when it begins with `/`.
Example: b"/a//b/./../../../etc/passwd" -> b"/etc/passwd"
"""

from __future__ import annotations

STIRS = b"/"


def normalise_path(value: bytes) -> bytes:
    """Linear: one split at the slash, one push or pop for each segment."""
    if b"//" not in value and b"/." not in value and b"./" not in value:
        return value
    rooted = value.startswith(b"/")
    kept: list[bytes] = []
    segments = value.split(b"/")
    for segment in segments:
        if segment in (b"", b"."):
            continue
        if segment == b".." and kept and kept[-1] != b"..":
            kept.pop()
        elif segment != b".." or not rooted:
            kept.append(segment)
    path = (b"/" if rooted else b"") + b"/".join(kept)
    if segments[-1] in (b"", b".", b"..") and kept:
        path += b"/"
    return value if path == value else path
