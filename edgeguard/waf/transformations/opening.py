r"""`opening`: a value's beginning, as far as it is no article: up to the 24th different word, or a fenced block of Markdown.

Argument: none.
Result: the beginning; a value that is no article is the value itself. Comments that carry an attack are shorter, padding with
one word or with blanks counts for nothing, and an article quotes attacks.
Example: b"see this:\n```\n<script>\n```" -> b"see this:\n"
"""

from __future__ import annotations

STIRS = b" `"

_FENCE = ord("`")
_WORDS = 24
_READ = 4096  # bytes in which words are counted: what has no 24 of them is no article


def opening(value: bytes) -> bytes:
    """Linear: words are counted in the first `_READ` bytes only."""
    start = value
    if _FENCE in value and b"```" in value:
        value = value[: value.find(b"```")]
    if value.count(b" ") < _WORDS:
        return start if len(value) == len(start) else value
    seen: set[bytes] = set()
    at = 0
    for piece in value[:_READ].lower().split(b" "):
        at += len(piece) + 1
        for word in piece.split():
            if len(word) > 1 and (word[:1].isalpha() or word[0] >= 0x80):
                seen.add(word)
        if len(seen) >= _WORDS:
            return value[:at]
    return start if len(value) == len(start) else value
