"""ARGS and its kin: what the query and a parsed body bring, in that order.

Empty pieces, as in `a=1&&b=2`, are no arguments here; ModSecurity counts them as one of no name and no value. Arguments beyond
SecArgumentsLimit are looked at as well: the limit would leave them unseen, and the bounds on heads and bodies hold anyway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets import form, graphql, query
from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair

_HEX = frozenset((a + b).encode() for a in "0123456789abcdefABCDEF" for b in "0123456789abcdefABCDEF")


def json_arguments(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    if content is None or content.processor != "JSON":
        return ()
    return content.arguments + graphql.arguments(content.graphql) if content.graphql else content.arguments


def json_names(seen: Seen) -> Sequence[Pair]:
    pairs = seen.json_names
    if pairs is None:
        content = seen.content
        names = [name for name, _ in json_arguments(seen)]
        if content is not None and content.json is not None and content.fields:  # their values are not among the arguments
            names += content.json.withheld
        if not names:
            return ()
        pairs = seen.json_names = [(name, name) for name in names]
    return pairs


def combined_size(seen: Seen) -> tuple[Pair, ...]:
    total = 0
    for take in (query.values, form.values, json_arguments):
        total += sum(len(name) + len(value) for name, value in take(seen))
    return ((b"", b"%d" % total),)


def urlencoded_error(seen: Seen) -> tuple[Pair, ...]:
    content = seen.content
    broken = _broken(seen.request.query or b"") or (
        content is not None and content.processor == "URLENCODED" and _broken(content.visible)
    )
    return ((b"", b"1" if broken else b"0"),)


def _broken(text: bytes) -> bool:
    """Whether some `%` is not followed by two hex digits."""
    return b"%" in text and any(piece[:2] not in _HEX for piece in text.split(b"%")[1:])


_GET = (Source.QUERY_VALUE,)
_GET_NAMES = (Source.QUERY_NAME,)
_POST = (Source.FORM_VALUE, Source.JSON_ARGUMENT)
_POST_NAMES = (Source.FORM_NAME, Source.JSON_ARGUMENT_NAME)

FAMILY = VariableFamily(
    kinds=(
        VariableKind("ARGS", "values of the query, and of a body that is a form or JSON", _GET + _POST, collection=True),
        VariableKind("ARGS_GET", "values of the query, decoded once", _GET, collection=True),
        VariableKind("ARGS_POST", "values of a form; scalars of JSON as `json.user.name`", _POST, collection=True),
        VariableKind("ARGS_NAMES", "names of all arguments", _GET_NAMES + _POST_NAMES, collection=True),
        VariableKind("ARGS_GET_NAMES", "names in the query", _GET_NAMES, collection=True),
        VariableKind("ARGS_POST_NAMES", "names in the body", _POST_NAMES, collection=True),
        VariableKind("ARGS_COMBINED_SIZE", "bytes of all names and values", (Source.ARGUMENTS_SIZE,), unsettled=True),
        VariableKind(
            "URLENCODED_ERROR",
            "1 where a `%` in the query or in a urlencoded body begins no escape, else 0",
            (Source.URLENCODED_ERROR,),
            unsettled=True,
        ),
    ),
    extractors={
        Source.JSON_ARGUMENT: json_arguments,
        Source.JSON_ARGUMENT_NAME: json_names,
        Source.ARGUMENTS_SIZE: combined_size,
        Source.URLENCODED_ERROR: urlencoded_error,
    },
)
