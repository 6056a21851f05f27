"""A value on its way through a rule's transformations, and what of it matched."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.transformations.registry import seclang_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.expression import Span
    from edgeguard.waf.transformations.registry import Transformation

SHOWN = 4096  # bytes of a value that are shown to a person
_AROUND = 1024  # bytes before the match that are shown of a longer one


@dataclass(frozen=True, slots=True)
class Step:
    """A transformation that changed the value, and what it made of it."""

    name: str
    value: bytes


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a value: what stands before the match, the match, what stands behind it.

    Attributes:
        skipped: bytes of the value before the part, which are not shown.
        more: bytes behind it.
    """

    before: bytes
    match: bytes
    after: bytes
    skipped: int = 0
    more: int = 0


def steps_to(value: bytes, pipeline: Sequence[Transformation], form: bytes, *, seclang: bool = False) -> tuple[Step, ...]:
    """The steps that change `value` until it is `form`, which is the last form or, of `multiMatch`, one on the way."""
    steps: list[Step] = []
    reached = 0 if value == form else None
    now = value
    for step in pipeline:
        made = step.apply(now)
        if made != now:
            steps.append(Step(seclang_name(step.name) if seclang else step.name, made))
            if made == form:
                reached = len(steps)
        now = made
    if now == form or reached is None:
        return tuple(steps)
    return tuple(steps[:reached])


def piece_of(value: bytes, span: Span, most: int = SHOWN) -> Piece:
    """`value` with its match apart, cut to some KB around it."""
    start, end = max(0, min(span[0], len(value))), max(0, min(span[1], len(value)))
    first = max(0, start - _AROUND) if len(value) > most else 0
    last = min(len(value), first + most)
    end = min(end, last)
    return Piece(value[first:start], value[start:end], value[end:last], first, len(value) - last)
