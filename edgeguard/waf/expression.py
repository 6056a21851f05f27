"""What the gate looks for, in Hyperscan's syntax, and where something was found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Span = tuple[int, int]

PADDING: Final = 4  # line ends that follow a value where the gate looks
IGNORED: Final = b"\"'\\^"
"""Quotes, and signs that make the next one mean itself, in Unix's shells and in Windows': inside of a word they mean nothing."""


PLAIN: Final = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_ .-"
"""Bytes that numbers, names and words are made of. All others are marks: most values have none, and most attacks need one."""


@dataclass(frozen=True, slots=True)
class Expression:
    r"""What the gate looks for; Hyperscan's syntax, bytes, dot takes all.

    Attributes:
        text: the expression.
        beyond: how many of the line ends that follow the value a match may take; what takes more is none. None for `[\n\r]`,
            which is in the value or nowhere; one for an expression that spells the value's end as a line end.
        least: bytes of the shortest value that it can be found in; shorter ones need no scan.
        bare: it is looked for in the value without the bytes of `IGNORED`, not in the value itself.
        marked: what it stands for has a byte that is not one of `PLAIN`; False where that is not known.
    """

    text: bytes
    beyond: int = PADDING
    least: int = 0
    bare: bool = False
    marked: bool = False


def has_mark(value: bytes) -> bool:
    """Whether a byte of `value` is not one of `PLAIN`."""
    return value.translate(None, PLAIN) != b""


def literal(value: bytes) -> bytes:
    """`value` as an expression that means just these bytes."""
    return b"".join(bytes([octet]) if bytes([octet]).isalnum() else b"\\x%02x" % octet for octet in value)
