from __future__ import annotations

from dataclasses import replace

import pytest

from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.spell import script, spell
from edgeguard.waf.seclang.syntax import Action, Link, Marker, Operation, Place, SecRule, Variable

NOWHERE = Place("", 0)


def placeless(item: SecRule | Marker) -> SecRule | Marker:
    if isinstance(item, Marker):
        return replace(item, place=NOWHERE)
    return replace(item, place=NOWHERE, links=tuple(replace(link, place=NOWHERE) for link in item.links))


def again(item: SecRule | Marker) -> SecRule | Marker:
    (read,) = read_seclang_text(script(item)).items
    return placeless(read)


def test_a_rule_is_spelled_out() -> None:
    (rule,) = read_seclang_text('SecRule args "a" "id:1,phase:2,msg:\'b, c\',severity:ERROR"').items
    assert spell(rule) == 'SecRule ARGS "@rx a" "id:1,phase:2,pass,log,severity:3,msg:\'b, c\',t:none"'


def test_a_chain_is_one_line_or_several() -> None:
    (rule,) = read_seclang_text('SecAction "id:1,phase:1,drop,chain"\nSecRule A|&B:c b "capture,setvar:tx.a=1"').items
    assert script(rule).split("\n") == [
        'SecAction "id:1,phase:1,drop,log,chain"',
        'SecRule A|&B:c "@rx b" "capture,t:none,setvar:tx.a=1"',
    ]
    assert spell(rule) == script(rule).replace("\n", " ")
    assert again(rule) == placeless(rule)


def test_a_marker() -> None:
    marker = Marker('END "a" b', NOWHERE)
    assert spell(marker) == r'SecMarker "END \"a\" b"'
    assert again(marker) == marker


def test_what_is_the_same_is_spelled_the_same() -> None:
    one, two = (
        read_seclang_text('SecAction "id:1,phase:1,nolog,pass"').items,
        read_seclang_text("\nSecAction \"nolog, id:'1',phase:1\"").items,
    )
    assert spell(one[0]) == spell(two[0])


@pytest.mark.parametrize(
    "argument",
    ["", "a", " a", 'say "x"', r"\d\"", "\\", r"\\", "a\\", r"a\\\b", "it's", r"\'", "a,b", "ü\udcff", "# a", "x" * 300, "!a"],
)
def test_any_text_comes_back(argument: str) -> None:
    link = Link(
        NOWHERE,
        (Variable("A", argument or None),),
        Operation("contains", argument.lstrip()),
        (),
        (Action("setvar", argument or "a"),),
    )
    rule = SecRule(7, 2, (link,), NOWHERE, message=argument, skip_after=argument, tags=(argument,) * bool(argument))
    assert again(rule) == rule


@pytest.mark.parametrize("pattern", ["^a", "a|b", "a/b", "a b", r"a\'b", '"', r"\\", "/", r"a\/b"])
def test_any_pattern_comes_back(pattern: str) -> None:
    link = Link(
        NOWHERE, (Variable("A", pattern, pattern=True, excluded=True), Variable("XML", "//a[@b='c']|/d")), Operation("rx", "x")
    )
    rule = SecRule(7, 2, (link,), NOWHERE)
    assert again(rule) == rule


@pytest.mark.parametrize("log", [True, False])
@pytest.mark.parametrize("audit_log", [True, False])
def test_all_fields_come_back(log: bool, audit_log: bool) -> None:  # a parameter of the test
    rule = SecRule(
        9, 5, (Link(NOWHERE, actions=(Action("ctl", "ruleEngine=Off"),), capture=True, multi_match=True),), NOWHERE,
        Action("redirect", "http://a/?b,c"), 302, 3, "END", 0, "m", "d", ("a", "b"), "v", "r", log, audit_log,
    )  # fmt: skip
    assert again(rule) == rule
