"""`remove_comments_char`: the marks of comments taken away, what stands in them kept.

Argument: none.
Result: without `/*`, `*/`, `<!--`, `-->`, `--` and `#`, looked for once from left to right.
Example: b"un/**/ion<!-- a -->#" -> b"union a "
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

STIRS = b"*-#"

_STAR, _DASH, _HASH = STIRS


def remove_comments_char(value: bytes) -> bytes:
    """Linear: a split at `#`, one at `/*` and `*/`, and replaces in C."""
    if _STAR not in value and _DASH not in value and _HASH not in value:
        return value
    bare = b"".join([_without_dashes(part) for piece in value.split(b"#") for part in _around_stars(piece)])
    return value if bare == value else bare


def _around_stars(piece: bytes) -> Iterator[bytes]:
    """What stands between `/*` and `*/`: a star goes with the slash before it, or else with the one behind."""
    at = 0
    star = piece.find(b"*")
    while star >= 0:
        if star > at and piece[star - 1 : star] == b"/":
            yield piece[at : star - 1]
            at = star + 1
        elif piece[star + 1 : star + 2] == b"/":
            yield piece[at:star]
            at = star + 2
        star = piece.find(b"*", max(at, star + 1))
    yield piece[at:]


def _without_dashes(part: bytes) -> bytes:
    """Without `<!--`, `-->` and `--`. `#`, which is not in `part`, notes them: `##` is two dashes, `#<` an opening."""
    if part.find(b"--") < 0:
        return part
    noted = part.replace(b"<!--", b"#<").replace(b"--", b"##")
    return noted.replace(b"##>", b"").replace(b"##", b"").replace(b"#<", b"")
