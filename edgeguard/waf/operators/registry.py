"""All operators by name. One class a file; this table is the only place that lists them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.cidr import Cidr
from edgeguard.waf.operators.contains import Contains
from edgeguard.waf.operators.contains_word import ContainsWord
from edgeguard.waf.operators.count import Count
from edgeguard.waf.operators.detects_cards import DetectsCards
from edgeguard.waf.operators.detects_command import DetectsCommand
from edgeguard.waf.operators.detects_script import DetectsScript
from edgeguard.waf.operators.detects_sql import DetectsSql
from edgeguard.waf.operators.detects_tokens import DetectsTokens
from edgeguard.waf.operators.ends_with import EndsWith
from edgeguard.waf.operators.equals import Equals
from edgeguard.waf.operators.exists import Exists
from edgeguard.waf.operators.greater import Greater
from edgeguard.waf.operators.is_in import In
from edgeguard.waf.operators.less import Less
from edgeguard.waf.operators.matches import Matches
from edgeguard.waf.operators.points_to import PointsTo
from edgeguard.waf.operators.protocol import AllOf, AnyOf
from edgeguard.waf.operators.runs_as_url import RunsAsUrl
from edgeguard.waf.operators.runs_script import RunsScript
from edgeguard.waf.operators.starts_with import StartsWith

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.operators.protocol import Operator

_ONE: dict[str, Callable[[object], Operator]] = {
    "cidr": Cidr,
    "contains": Contains,
    "contains_word": ContainsWord,
    "count": Count,
    "detects_command": DetectsCommand,
    "detects_cards": DetectsCards,
    "detects_script": DetectsScript,
    "detects_sql": DetectsSql,
    "detects_tokens": DetectsTokens,
    "ends_with": EndsWith,
    "equals": Equals,
    "exists": Exists,
    "greater": Greater,
    "less": Less,
    "matches": Matches,
    "points_to": PointsTo,
    "runs_as_url": RunsAsUrl,
    "runs_script": RunsScript,
    "starts_with": StartsWith,
}
_SINGLE = frozenset(
    {
        "count",
        "detects_cards",
        "detects_command",
        "detects_script",
        "detects_sql",
        "detects_tokens",
        "exists",
        "greater",
        "less",
        "runs_as_url",
        "runs_script",
    }
)

CLASSES: dict[str, object] = {**_ONE, "in": In}
OPERATORS = frozenset(CLASSES)


def make_operator(name: str, arguments: Sequence[object], *, all_of: bool = False) -> Operator:
    """The operator called `name` over `arguments`.

    Raises:
        Refused: an argument is not what the operator takes.
    """
    if not arguments:
        raise Refused(f"{name} needs an argument")
    if name == "in":
        if all_of:
            raise Refused("in: no value is all of several texts")
        return In(arguments)
    if name in _SINGLE and len(arguments) > 1:
        raise Refused(f"{name} takes one argument, not {len(arguments)}")
    parts = [_ONE[name](argument) for argument in arguments]
    if len(parts) == 1:
        return parts[0]
    return AllOf(parts) if all_of else AnyOf(parts)
