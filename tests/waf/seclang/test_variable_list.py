from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.syntax import Variable
from edgeguard.waf.seclang.variable_list import variable_list


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("args", [Variable("ARGS")]),
        ("A|B,C", [Variable("A"), Variable("B"), Variable("C")]),
        (" A | B ", [Variable("A"), Variable("B")]),
        ("A:b|!A:c|&D", [Variable("A", "b"), Variable("A", "c", excluded=True), Variable("D", count=True)]),
        ("ip.counter", [Variable("IP", "counter")]),
        ("A:/^b[,/]c/|D", [Variable("A", "^b[,/]c", pattern=True), Variable("D")]),
        (r"A:/a\/|B", [Variable("A", r"/a\/"), Variable("B")]),
        ("A:/b", [Variable("A", "/b")]),
        ("A:'/b|c/'|D", [Variable("A", "b|c", pattern=True), Variable("D")]),
        ("A:'b|c'", [Variable("A", "b|c")]),
        (r"A:'it\'s'", [Variable("A", "it's")]),
        (r"A:'/a\\/b\d/'", [Variable("A", r"a\/b\d", pattern=True)]),
        ("XML:/*|XML://@*", [Variable("XML", "/*"), Variable("XML", "//@*")]),
        ("XML:'/a | /b/'", [Variable("XML", "/a | /b/")]),
        ("XML:/a/text()", [Variable("XML", "/a/text()")]),
        ("REQUEST_HEADERS:User-Agent", [Variable("REQUEST_HEADERS", "User-Agent")]),
    ],
)
def test_lists(text: str, variables: list[Variable]) -> None:
    assert list(variable_list(text)) == variables


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a variable is missing"),
        ("A|", "a variable is missing"),
        ("A||B", "expected where '|B' stands"),
        ("A B", "'B' stands behind A"),
        ("A:", "without a selector it is written A"),
        ("A:'b", "not closed"),
        ("A:/b|c/", "in quotes: A:'/b|c/'"),
        ("A:/b|B:/c/", "in quotes"),
        ("@rx", "expected where '@rx' stands"),
    ],
)
def test_what_is_no_list(text: str, told: str) -> None:
    with pytest.raises(Refused) as caught:
        variable_list(text)
    assert told in str(caught.value)
