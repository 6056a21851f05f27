from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.rx import Rx

if TYPE_CHECKING:
    from edgeguard.waf.pcre import Translation


def test_find_and_groups() -> None:
    operator = Rx(rb"(?i)\bunion\s+(all\s+)?(select)\b")
    assert operator.find(b"a UNION select b") == (2, 14)
    assert operator.groups(b"a UNION select b") == (b"UNION select", b"", b"select")
    assert operator.find(b"reunion selects") is None


def test_the_dot_takes_line_ends_and_the_end_is_the_end() -> None:
    assert Rx(b"a.b$").find(b"a\nb") == (0, 3)
    assert Rx(b"b$").find(b"b\n") is None


def test_what_is_no_pattern_is_refused() -> None:
    with pytest.raises(Refused, match="is no pattern that is taken"):
        Rx(b"(")


def test_translations_are_kept() -> None:
    known: dict[bytes, Translation] = {}
    Rx(b"ab", known)
    assert list(known) == [b"ab"]
