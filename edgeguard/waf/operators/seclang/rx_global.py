r"""`@rxGlobal`: as `@rx`, but all matches count, not only the first.

Argument: a pattern as for `@rx`.
Result: the first match; `capture` puts each match and its groups into TX:0 and on, one behind the other, ten in all.
Example: `SecRule ARGS "@rxGlobal \d+" "id:1,phase:2,pass,capture"`
"""

from __future__ import annotations

from edgeguard.waf.operators.seclang.rx import Rx

_KEPT = 10


class RxGlobal(Rx):
    """Stops looking once ten places are filled."""

    def groups(self, value: bytes) -> tuple[bytes, ...]:
        kept: list[bytes] = []
        start = 0
        while len(kept) < _KEPT and start <= len(value):
            spans = self.pattern.spans(value, start)
            if not spans:
                break
            kept.extend(value[begin:end] if begin >= 0 else b"" for begin, end in spans)
            end = spans[0][1]
            start = end if end > start else start + 1
        return tuple(kept[:_KEPT])
