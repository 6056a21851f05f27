from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.rx import Rx
from edgeguard.waf.pcre import walk
from edgeguard.waf.rule_tests import build, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset
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


@pytest.mark.parametrize("negation", ["", "!"])
def test_padding_that_ends_a_walk_lets_nothing_through(
    seclang: Callable[..., Ruleset], monkeypatch: pytest.MonkeyPatch, negation: str
) -> None:
    monkeypatch.setattr(walk, "_TRIES", 1000)
    monkeypatch.setattr(walk, "_TRIES_PER_OCTET", 0)
    ruleset = seclang(rf'SecRuleEngine On{chr(10)}SecRule ARGS:a "{negation}@rx (a*)(a*)(a*)(a*)b\1\2\3\4c" "id:1,phase:2,deny"')
    assert [match.rule for match in send(ruleset, build({"query": {"a": "a" * 200 + "bc" * 200}})).finish().matches] == ["1"]
