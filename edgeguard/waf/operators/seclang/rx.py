r"""`@rx`: the pattern is found in the value. What a rule means that names no operator.

Argument: a pattern in PCRE's syntax, over octets: the dot takes line ends, `$` is the end of the value only, and case counts
unless `(?i)` says otherwise. Lookaround and groups that are matched again are taken; recursion and conditions are not.
Result: the first match; `capture` puts it into TX:0 and its groups into TX:1 to TX:9.
Example: `SecRule ARGS "@rx (?i)\bunion\s+(all\s+)?select\b" "id:1,phase:2,deny,capture"`
"""

from __future__ import annotations

from copy import copy
from typing import TYPE_CHECKING

from edgeguard.waf.operators.protocol import ValueOperator
from edgeguard.waf.pcre import compile_pcre

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from edgeguard.waf.databases import Databases
    from edgeguard.waf.expression import Span
    from edgeguard.waf.pcre import Pcre, Translation


class Rx(ValueOperator):
    """Linear in the value's length, whatever the pattern.

    Args:
        argument: the pattern.
        known: translations of patterns that were read before; see `compile_pcre`.
    """

    def __init__(self, argument: bytes, known: MutableMapping[bytes, Translation] | None = None) -> None:
        self.take(compile_pcre(argument, known))
        self.gate = self.pattern.gate

    def negated(self) -> Rx:
        """The same, for `!@rx`: what can't be found out in time counts as no match, so that the rule holds."""
        if not self.pattern.translation.walked:
            return self
        other = copy(self)
        other.take(self.pattern.without_doubt())
        return other

    def take(self, pattern: Pcre) -> None:
        """Ask this pattern from here on."""
        self.pattern = pattern
        self._search = pattern.search

    def prepare(self, databases: Databases | None) -> None:  # noqa: ARG002 - patterns are quickly compiled
        self.pattern.compile()

    def find(self, value: bytes) -> Span | None:
        return self._search(value)

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        return self.pattern.groups(value)
