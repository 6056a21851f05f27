from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.operator_text import operation
from edgeguard.waf.seclang.syntax import Operation


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("@rx ^a b ", Operation("rx", "^a b ")),
        ("@pmFromFile  a.data", Operation("pmfromfile", "a.data")),
        ("!@eq 0", Operation("eq", "0", negated=True)),
        ("! @eq\t0", Operation("eq", "0", negated=True)),
        (" @detectSQLi", Operation("detectsqli")),
        ("^a", Operation("rx", "^a")),
        ("!^a", Operation("rx", "^a", negated=True)),
        ("", Operation("rx", "")),
    ],
)
def test_operators(text: str, meant: Operation) -> None:
    assert operation(text) == meant


@pytest.mark.parametrize("text", ["@", "@ rx a", "!@"])
def test_a_name_is_needed(text: str) -> None:
    with pytest.raises(Refused, match="name was expected"):
        operation(text)
