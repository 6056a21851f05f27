"""A look of the gate's at values before `lowercase`: it asks for the pattern in any case instead, and needs no form of its own.

Why nothing is missed. Let P be found in steps(lower(v)), where each of the steps treats capitals as it treats small letters, so
that steps(lower(v)) is steps(v) but for case. Then P, told to disregard case, is found in steps(v): each literal and each
class of characters takes in the other case. A negated class does the opposite, it leaves the other case out; so patterns
with such a class that holds letters, or with an assertion that something is not there, stay where they are.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.waf.expression import Expression
    from edgeguard.waf.transformations.registry import Transformation

BLIND = frozenset(
    {"compress_whitespace", "normalise_path", "normalise_path_win", "remove_comments", "remove_comments_char", "remove_nulls",
     "remove_whitespace", "replace_comments", "replace_nulls", "trim", "trim_left", "trim_right"}
)  # fmt: skip
"""Steps that give the same but for case, whatever the case of what they are given; a test holds them to it."""

_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_ABSENT = (b"(?!", b"(?<!")


def before_lowercase(
    steps: tuple[Transformation, ...], expressions: tuple[Expression, ...]
) -> tuple[tuple[Transformation, ...], tuple[Expression, ...]]:
    """The same question without the last `lowercase` of the steps, if it can be asked so; else as it was."""
    names = [step.name for step in steps]
    if "lowercase" not in names:
        return steps, expressions
    last = len(names) - 1 - names[::-1].index("lowercase")
    if not all(name in BLIND for name in names[last + 1 :]):
        return steps, expressions
    folded = [(_folded(expression.text), expression) for expression in expressions]
    if any(text is None for text, _ in folded):
        return steps, expressions
    loose = tuple(replace(expression, text=text) for text, expression in folded if text is not None)
    return before_lowercase((*steps[:last], *steps[last + 1 :]), loose)


def _folded(text: bytes) -> bytes | None:
    """The pattern in any case; None where that might not take all that it takes of small letters."""
    if any(word in text for word in _ABSENT) or b"(?-i" in text:
        return None
    at = text.find(b"[^")
    while at >= 0:
        before = text[:at]
        if (len(before) - len(before.rstrip(b"\\"))) % 2:  # an escaped bracket
            at = text.find(b"[^", at + 2)
            continue
        end = _class_end(text, at)
        if not _without_letters(text[at + 2 : end]):
            return None
        at = text.find(b"[^", end)
    return text if text.startswith(b"(?i)") else b"(?i)" + text


def _class_end(text: bytes, start: int) -> int:
    at = start + 3  # a bracket that stands first is a member
    while at < len(text) and text[at : at + 1] != b"]":
        at += 2 if text[at : at + 1] == b"\\" else 1
    return at


def _without_letters(members: bytes) -> bool:
    """Whether a class names no letter: no literal one, no hexadecimal one, no range across them, no POSIX class."""
    if b"[" in members:
        return False
    at = 0
    while at < len(members):
        octet = members[at]
        width = 1
        if octet == 0x5C:
            escape = members[at + 1 : at + 2]
            if escape == b"x":
                try:
                    octet = int(members[at + 2 : at + 4], 16)
                except ValueError:
                    return False
                width = 4
            elif escape in b"sdwSDWnrtfv0abehHV":
                at += 2
                continue
            else:
                octet = members[at + 1] if at + 1 < len(members) else 0x5C
                width = 2
        if octet in _LETTERS:
            return False
        at += width
        if members[at : at + 1] == b"-" and at + 1 < len(members):
            return _narrow_range(octet, members[at + 1 :]) and _without_letters(members[at + 1 :])
    return True


def _narrow_range(first: int, rest: bytes) -> bool:
    """Whether a range ends before the letters where it begins before them."""
    last = rest[0]
    if last == 0x5C:
        try:
            last = int(rest[2:4], 16) if rest[1:2] == b"x" else rest[1]
        except (ValueError, IndexError):
            return False
    return not any(first <= letter <= last for letter in _LETTERS)
