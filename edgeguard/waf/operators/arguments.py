"""How the arguments of operators are read from what YAML gives."""

from __future__ import annotations

from edgeguard.waf.faults import Refused


def as_bytes(argument: object) -> bytes:
    """A text or number as UTF-8."""
    if isinstance(argument, bool) or not isinstance(argument, str | int):
        raise Refused(f"a text is expected, not {argument!r}; quote it if it is one")
    return str(argument).encode()


def as_text(argument: object) -> bytes:
    """As `as_bytes`, but not empty: every value contains the empty text."""
    text = as_bytes(argument)
    if not text:
        raise Refused("the empty text is in every value")
    return text


def as_number(argument: object) -> int:
    """A whole number."""
    if isinstance(argument, bool) or not isinstance(argument, int):
        raise Refused(f"a whole number is expected, not {argument!r}")
    return argument


_DIGITS = 18  # a longer number is none, so that reading one stays cheap


def number_in(value: bytes) -> int | None:
    """The whole number that a request's value is; None where it is none."""
    return int(value) if value.isdigit() and len(value) <= _DIGITS else None
