"""What an operator is: one question asked of a value, or of all values of a target; and the two ways to join several."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from edgeguard.waf.databases import Databases
    from edgeguard.waf.expression import Expression, Span


class Operator(Protocol):
    """A compiled operator.

    Attributes:
        gate: expressions of which one at least occurs in every value that `find` accepts; None where there are none.
        of_list: True where the question is about the number of values, and `holds` is asked instead of `find`.
        secret: what is found must not be told.
    """

    gate: tuple[Expression, ...] | None
    of_list: bool
    secret: bool

    def find(self, value: bytes) -> Span | None:
        """Where in `value` it holds; None where it does not."""
        ...

    def spans(self, value: bytes) -> Iterator[Span]:
        """Every place in `value` where it holds, from left to right, none of them empty."""
        ...

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        """What matched in a value that `find` accepts: the whole, then its groups; at most ten, b"" for one that took no part."""
        ...

    def holds(self, count: int) -> bool:
        """Whether so many values are what is asked for."""
        ...

    def prepare(self, databases: Databases | None) -> None:
        """Make now what would else be made for the first request that asks."""
        ...


class ValueOperator:
    """What operators that look at one value share."""

    gate: tuple[Expression, ...] | None = None
    of_list = False
    secret = False

    def prepare(self, databases: Databases | None) -> None:
        """Most operators are ready."""

    def find(self, value: bytes) -> Span | None:
        """Each operator's own."""
        raise NotImplementedError

    def spans(self, value: bytes) -> Iterator[Span]:
        """By asking again of what follows each place."""
        start = 0
        while (span := self.find(value[start:])) is not None:
            begin, end = span
            if end == begin:
                return
            yield start + begin, start + end
            start += end

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        """Of operators without groups: what matched."""
        span = self.find(value)
        return () if span is None else (value[slice(*span)],)

    def holds(self, count: int) -> bool:  # pragma: no cover - never asked, see `of_list`
        """Not asked of such operators."""
        raise NotImplementedError


class AnyOf(ValueOperator):
    """Holds where one of `parts` does."""

    def __init__(self, parts: Sequence[Operator]) -> None:
        self.parts = tuple(parts)
        self.secret = any(part.secret for part in parts)
        gates = [part.gate for part in parts]
        if None not in gates:
            self.gate = tuple(expression for gate in gates for expression in gate or ())

    def find(self, value: bytes) -> Span | None:
        for part in self.parts:
            span = part.find(value)
            if span is not None:
                return span
        return None

    def spans(self, value: bytes) -> Iterator[Span]:
        for part in self.parts:
            yield from part.spans(value)


class AllOf(ValueOperator):
    """Holds where all of `parts` do, in one and the same value; the gate needs to look for one of them only."""

    def __init__(self, parts: Sequence[Operator]) -> None:
        self.parts = tuple(parts)
        self.secret = any(part.secret for part in parts)
        gates = [part.gate for part in parts if part.gate is not None]
        self.gate = max(gates, key=lambda gate: len(gate[0].text), default=None)  # the longest is the most telling

    def find(self, value: bytes) -> Span | None:
        span = None
        for part in self.parts:
            span = part.find(value)
            if span is None:
                return None
        return span

    def spans(self, value: bytes) -> Iterator[Span]:
        for part in self.parts:
            yield from part.spans(value)
