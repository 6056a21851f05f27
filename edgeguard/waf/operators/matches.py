r"""`matches`: the pattern is found in the value.

Arguments: patterns in RE2's syntax, over bytes; the dot takes line ends, `\s` takes the vertical tab, case counts unless the
pattern begins with `(?i)`. One of them must be found, with `|all` each of them.
Result: the first match.
Example: `{http.request.any|matches: '(?i)\bunion\s+(?:all\s+)?select\b'}`
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.pattern import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.expression import Span


class Matches(ValueOperator):
    """Linear in the value's length, whatever the pattern."""

    def __init__(self, argument: object) -> None:
        if not isinstance(argument, str) or not argument:
            raise Refused(f"a pattern is expected, not {argument!r}")
        pattern = compile_pattern(argument)
        self.gate = None if pattern.gate is None else (pattern.gate,)
        self._search = pattern.search
        self._every = pattern.every

    def find(self, value: bytes) -> Span | None:
        return self._search(value)

    def spans(self, value: bytes) -> Iterator[Span]:
        return self._every(value)
