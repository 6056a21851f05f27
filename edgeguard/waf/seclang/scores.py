"""Where the Core Rule Set keeps its anomaly scores: names of variables, as 4.x and 3.x call them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.waf.operators.seclang.leading_number import leading_number

if TYPE_CHECKING:
    from edgeguard.waf.actions.effect import Scope

SCORED: Final = b"anomaly_score"  # stands in the names of all variables to which its rules add
_TOTALS: Final = (
    (b"blocking_inbound_anomaly_score", b"blocking_outbound_anomaly_score"),
    (b"anomaly_score", b"outbound_anomaly_score"),
)


def kept_score(scope: Scope) -> int | None:
    """What rules that may block have added up; None where they keep no score, or have not come to it yet."""
    for names in _TOTALS:
        total = sum(leading_number(scope.read("TX", name)) for name in names)
        if total:
            return total
    return None
