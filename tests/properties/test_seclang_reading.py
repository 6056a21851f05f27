"""SecLang scripts of any form: read or refused with reasons, in work that grows with the text; what is read can be spelled."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgeguard.waf.faults import RulesError
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.spell import script, spell
from edgeguard.waf.seclang.syntax import Action, Link, Marker, Operation, Place, Program, SecRule, Variable

if TYPE_CHECKING:
    from types import FrameType

NOWHERE = Place("", 0)

# What scripts are made of, and what breaks them.
PIECES = (
    "SecRule ", "SecAction ", "SecMarker ", "SecDefaultAction ", "SecRuleRemoveById ", "SecRuleUpdateTargetById ",
    "SecRuleEngine On", "SecRuleUpdateActionById ", "SecRuleRemoveByTag ", "Include ", "SecFoo ",
    "ARGS", "XML:/*", "TX:a", "!ARGS:/^b/", "&C:'/d|e/'",
    '"@rx ^a"', '"!@eq 0"', "@pm", '"id:1,phase:2,pass"', '"id:2,chain"', "id:3", "phase:1", "deny", "block", "chain", "t:none",
    "t:lowercase", "msg:'a, b'", "setvar:'tx.a=+1'", "ctl:x=1;ARGS:'/a/'", "tag:a", "skipAfter:END", "END", "1-5", "a",
    '"', "'", "\\", "\\\n", "\n", "\r\n", " ", "\t", ",", "|", ":", "/", "!", "&", "@", "#", "%{tx.a}", "\0", "\udcff", "ü", "=",
)  # fmt: skip
scripts = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=40).map("".join)

# Rules that mostly are read.
LISTS = ("ARGS", "XML:/*|&B", "TX.a|!TX:/b\\/c/", "\"A:'/d|e\\'/'\"", "A:/b", r"A:'\\\\\'|'", '"A:/^b\t/"', "A:x-[1]")
ASKED = ('"@rx ^a"', '"!@eq 0 "', "@pm", r'"\d\"\\"', "'@x \"'", '""', '"! a"', '"@within %{tx.a}\\\n  b"', "\udcff")
DONE = (
    "pass", "block", "t:none", "t:lowercase", "msg:'a, b'", r"msg:'\'\\\\'", "logdata:it's", "setvar:'tx.a=+1'", "tag:a\tb",
    "nolog", "ctl:x=1;ARGS:'/a,/'", "initcol:ip='a,b'", "skipAfter:END", "severity:error", "capture", "multiMatch",
    "auditlog", "rev:#1",
)  # fmt: skip
written = st.builds(
    lambda looked, asked, done, number, chained: (
        f'SecRule {looked} {asked} "id:{number},{",".join(done)}{chained}"' + ('\nSecRule B b "t:trim"' if chained else "")
    ),
    st.sampled_from(LISTS),
    st.sampled_from(ASKED),
    st.lists(st.sampled_from(DONE), min_size=1, max_size=6),
    st.integers(1, 10**6),
    st.sampled_from(("", ",chain")),
)

texts = st.text(st.characters(exclude_characters="\r\n", exclude_categories=()), max_size=12)
said = texts.filter(bool)
names = st.text("ABCDEFGHIJ_0123456789", min_size=1, max_size=8)
flags = st.booleans()
selectors = st.none() | texts.map(lambda text: text.strip(" \t")).filter(bool)
variables = st.builds(Variable, names, selectors, count=flags, excluded=flags)
patterns = st.builds(Variable, names, said, pattern=st.just(True), count=flags, excluded=flags)  # noqa: FBT003  # a value, no flag
words = st.text("abcdefghij", min_size=1, max_size=6)
operations = st.builds(Operation, words, texts.map(lambda text: text.lstrip(" \t")), flags)
actions = st.builds(Action, st.sampled_from(("setvar", "ctl", "expirevar", "initcol")), said)
links = st.builds(
    Link,
    st.just(NOWHERE),
    st.lists(variables | patterns, min_size=1, max_size=3).map(tuple),
    operations,
    st.lists(words.filter(lambda word: word != "none"), max_size=3).map(tuple),
    st.lists(actions, max_size=2).map(tuple),
    flags,
    flags,
)
disruptive = st.sampled_from(
    (Action("pass"), Action("deny"), Action("drop"), Action("allow"), Action("allow", "phase"))
) | st.builds(Action, st.just("redirect"), said)
rules = st.builds(
    SecRule,
    st.integers(1, 10**18 - 1),
    st.integers(1, 5),
    st.lists(links, min_size=1, max_size=3).map(tuple),
    st.just(NOWHERE),
    disruptive,
    st.none() | st.integers(100, 599),
    st.integers(0, 9),
    texts,
    st.none() | st.integers(0, 7),
    texts,
    texts,
    st.lists(said, max_size=3, unique=True).map(tuple),
    texts,
    texts,
    st.booleans(),
    st.booleans(),
)


def placeless(item: SecRule | Marker) -> SecRule | Marker:
    if isinstance(item, Marker):
        return replace(item, place=NOWHERE)
    return replace(item, place=NOWHERE, links=tuple(replace(link, place=NOWHERE) for link in item.links))


def read(text: str) -> Program | RulesError:
    try:
        return read_seclang_text(text)
    except RulesError as error:
        return error


@given(scripts)
@example('SecRule A "a" "id:1,chain"\nSecRule')
@example("Include \0")
@example("SecRule \\")
def test_any_text_is_a_program_or_faults_with_their_lines(text: str) -> None:
    last = text.count("\n") + 1
    result = read(text)
    if isinstance(result, Program):
        assert all(1 <= item.place.line <= last for item in (*result.items, *result.notes))
    else:
        assert result.faults
        assert all(fault.text and 1 <= fault.line <= last for fault in result.faults)


@given(st.lists(written, max_size=3, unique_by=lambda text: text.partition("id:")[2].partition(",")[0]).map("\n".join))
@example(r"""SecRule A:/a\/b/|B "c\\\"d\\" "id:1,msg:'e\\\\\', f'" """)
def test_what_is_read_comes_back_when_it_is_spelled(text: str) -> None:
    program = read_seclang_text(text)
    again = read_seclang_text("\n".join(map(script, program.items)))
    assert list(map(placeless, again.items)) == list(map(placeless, program.items))
    assert list(map(spell, again.items)) == list(map(spell, program.items))


@given(rules)
def test_any_rule_comes_back(rule: SecRule) -> None:
    (again,) = read_seclang_text(script(rule)).items
    assert placeless(again) == rule


@given(rules, rules)
def test_rules_are_spelled_alike_only_if_they_are(one: SecRule, other: SecRule) -> None:
    assert (spell(one) == spell(other)) is (one == other)


def steps(text: str) -> int:
    """How many lines of the reader's own code a text takes."""
    count = 0

    def line(_: FrameType, event: str, __: object) -> object:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(lambda frame, *_: line if "seclang" in frame.f_code.co_filename else None)
    try:
        read(text)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    ("head", "piece", "tail"),
    [
        ("SecRule ", "A:/x,", 'A "a" "id:1"'),
        ("SecRule A:/x", "/", 'x,A:/b "a" "id:1"'),
        ("SecRule ", "A|", 'A "a" "id:1"'),
        ('SecRule A "', '\\"', '" "id:1"'),
        ('SecRule A "', "\\", '" "id:1"'),
        ('SecAction "id:1,', "tag:'a',", 'log"'),
        ('SecAction "id:1,', "setvar:tx.a='a',", 'log"'),
        ('SecAction "id:1,\\\n', "tag:a,\\\n", 'log"'),
        ("SecRuleRemoveById ", "1 ", "1"),
        ("", "#\n", ""),
        ("", "SecMarker a\n", ""),
        ('SecAction "id:1"\n', "SecRuleUpdateTargetById 1 A\n", ""),
    ],
)
def test_work_grows_with_the_text(head: str, piece: str, tail: str) -> None:
    once, twice = (steps(head + piece * size + tail) for size in (400, 800))
    assert twice <= 2 * once + 100
