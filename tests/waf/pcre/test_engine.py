from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.engine import UNANCHORED, match_function


def test_spans_of_the_match_and_of_groups() -> None:
    match = match_function("(a)(b)?", groups=True)
    assert match(UNANCHORED, b"xa", 0, 2) == [(1, 2), (1, 2), (-1, -1)]
    assert match(UNANCHORED, b"xx", 0, 2)[0] == (-1, -1)


def test_groups_are_not_kept_where_nobody_asks() -> None:
    assert match_function("(a)(b)?")(UNANCHORED, b"ab", 0, 2) == [(0, 2)]


def test_octets_and_line_ends() -> None:
    assert match_function("a.\\xe9")(UNANCHORED, b"a\n\xe9", 0, 3) == [(0, 3)]


def test_what_precedes_counts_where_the_search_begins_later() -> None:
    assert match_function(r"\bb")(UNANCHORED, b"ab b", 1, 4) == [(3, 4)]
    assert match_function(r"\Ab")(UNANCHORED, b"ab", 1, 2)[0] == (-1, -1)


def test_what_re2_does_not_take_is_refused() -> None:
    with pytest.raises(Refused, match="missing"):
        match_function("(")
