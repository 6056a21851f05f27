"""RE2 as it is used here: over octets, the dot taking all, spans only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import re2

from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    Spans = list[tuple[int, int]]

UNANCHORED: Any = re2._re2.RE2.Anchor.UNANCHORED  # noqa: SLF001 - see `match_function`


def _options(*, groups: bool) -> re2.Options:
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    options.log_errors = False
    options.never_capture = not groups
    return options


_PLAIN, _GROUPS = _options(groups=False), _options(groups=True)


def match_function(text: str, *, groups: bool = False) -> Callable[[Any, bytes, int, int], Spans]:
    """RE2's own matcher, for `UNANCHORED`, a value, where to begin and where to end.

    It gives the spans of the match and of its groups; (-1, -1) where there is none. The wrapper's `search` does the same by way
    of a generator and an object per match, in four times as long.

    Raises:
        Refused: RE2 does not take the pattern.
    """
    try:
        compiled = re2._Regexp(text.encode("ascii"), _GROUPS if groups else _PLAIN)  # noqa: SLF001 - without the wrapper's cache of 128
    except re2.error as error:
        reason = error.args[0] if error.args else "?"
        raise Refused(reason.decode("latin-1") if isinstance(reason, bytes) else str(reason)) from None
    matcher: Callable[[Any, bytes, int, int], Spans] = compiled._regexp.Match  # noqa: SLF001
    return matcher
