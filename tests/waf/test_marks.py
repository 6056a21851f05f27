from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.expression import has_mark
from edgeguard.waf.marks import needs_mark
from edgeguard.waf.pattern import compile_pattern


@pytest.mark.parametrize("pattern", ["<", r"(?i)<script\b", r"a(?:;|\n)b", r"[<>]{2,}x", r"\x27\s*or", r"(?:'|\")+", r"a\(b?"])
def test_patterns_that_take_nothing_without_a_mark(pattern: str) -> None:
    assert needs_mark(pattern)


@pytest.mark.parametrize(
    "pattern", ["abc", "a|<", "<?b", "<*", r"[<a]", r"\s", ".", r"\Aor 1", r"(?:<|a)", r"\bunion\s+select", "("]
)
def test_others_may_take_something(pattern: str) -> None:
    assert not needs_mark(pattern)


_PIECES = ["a", "<", "[<;]", "[a<]", r"\s", r"\d", ".", "(?:", ")", "|", "?", "+", "*", "{2}", r"\(", r"\b", "(?i)"]


@given(st.lists(st.sampled_from(_PIECES), max_size=8).map("".join), st.text("a<;1 (", max_size=8))
def test_what_a_pattern_takes_has_the_mark_that_it_needs(pattern: str, value: str) -> None:
    try:
        find = compile_pattern(pattern).search
    except ValueError:
        return
    if needs_mark(pattern) and find(value.encode()) is not None:
        assert has_mark(value.encode())
