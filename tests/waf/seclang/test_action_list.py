from __future__ import annotations

import pytest

from edgeguard.waf.seclang.action_list import action_list
from edgeguard.waf.seclang.words import Misplaced


@pytest.mark.parametrize(
    ("text", "actions"),
    [
        ("ID:1, deny ,msg:'a, b: c'", [("id", "1"), ("deny", None), ("msg", "a, b: c")]),
        ("msg: it is ,log", [("msg", "it is"), ("log", None)]),
        (r"msg:'it\'s \\ \d'", [("msg", r"it's \ \d")]),
        ("setvar:'tx.a=%{tx.b}'", [("setvar", "tx.a=%{tx.b}")]),
        ("initcol:ip='a,b',log", [("initcol", "ip=a,b"), ("log", None)]),
        ("ctl:x=1;ARGS:'/a,b/',log", [("ctl", "x=1;ARGS:'/a,b/'"), ("log", None)]),
        ("msg:don't,log", [("msg", "don't"), ("log", None)]),
        ("redirect:http://a/?b=c", [("redirect", "http://a/?b=c")]),
        ("msg:''", [("msg", "")]),
        ("tag:", [("tag", "")]),
    ],
)
def test_lists(text: str, actions: list[tuple[str, str | None]]) -> None:
    assert [(one.name, one.argument) for one in action_list(text)] == actions


def test_actions_know_where_they_stand() -> None:
    assert [one.at for one in action_list("id:1,msg:'a,b',log")] == [0, 5, 15]


@pytest.mark.parametrize(
    ("text", "at", "told"),
    [
        ("id:1,,log", 5, "expected where ',log' stands"),
        ("id:1,", 5, "an action is missing"),
        (":1", 0, "expected where ':1' stands"),
        ("id:1,msg:'a", 9, "not closed"),
        ("msg:'a'b',log", 6, r"'b'' stands behind the quotes of msg; a quote inside is written \'"),
        ("initcol:ip='a", 11, "not closed"),
    ],
)
def test_what_is_no_list(text: str, at: int, told: str) -> None:
    with pytest.raises(Misplaced) as caught:
        action_list(text)
    assert caught.value.at == at
    assert told in str(caught.value)
