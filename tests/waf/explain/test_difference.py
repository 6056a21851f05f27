from __future__ import annotations

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.explain.difference import Part, Side, differences, lines
from edgeguard.waf.ruleset import Ruleset
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.syntax import SecRule

OLD = """\
- id: t-1
  title: A word
  status: shadow
  match: {word: {http.request.query|contains: [one-word, two-words]}}
  tests: {match: [{path: "/?q=one-word"}], pass: [{path: /}]}
- {id: t-2, title: Another, status: test, match: {a: {http.request.path: /x}}}
"""
NEW = """\
# laid out otherwise
- id: t-3
  title: Third
  status: test
  match: {a: {http.request.path: /y}}
- id: t-1
  severity: high
  title: A word
  status: enforce
  match:
    word:
      http.request.query|contains:
        - two-words
        - three
        - one-word
  tests:
    match: [{path: "/?q=one-word"}, {path: "/?q=three"}]
    pass: [{path: /}]
"""


def side(text: str) -> Side:
    return Side(rules_from_text(text, Waf(compiled="off"), "r.yaml").rules)


def scripts(text: str) -> Side:
    program = read_seclang_text(text)
    ruleset = Ruleset([], Waf(compiled="off"), chains=compile_program(program).rules, seclang=program.configuration, gates=False)
    return Side((), ruleset, {item.id: item for item in program.items if isinstance(item, SecRule)})


def test_what_is_laid_out_otherwise_is_the_same() -> None:
    assert differences(side(OLD), side(OLD.replace("\n  status", "\n\n  status"))) == []
    assert list(lines([])) == ["no rule differs"]


def test_added_removed_and_what_changed_of_a_rule() -> None:
    added, changed, removed = differences(side(OLD), side(NEW))
    assert (added.kind, added.id, added.place) == ("added", "t-3", "r.yaml:2")
    assert (removed.kind, removed.id) == ("removed", "t-2")
    assert (changed.kind, changed.id) == ("changed", "t-1")
    assert changed.parts == (
        Part("status", "shadow", "enforce"),
        Part("severity", None, "high"),
        Part("match.word.http.request.query|contains", None, "three"),
        Part("tests.match", None, '{"path": "/?q=three"}'),
    )


def test_for_people() -> None:
    told = list(lines(differences(side(OLD), side(NEW))))
    assert told[0] == "+ t-3  Third  (r.yaml:2)"
    assert told[1:4] == ["~ t-1  A word  (r.yaml:6)", "    - status: shadow", "    + status: enforce"]
    assert told[-2:] == ["- t-2  Another  (r.yaml:6)", "1 added, 1 removed, 1 changed"]


def test_for_programs() -> None:
    changed = differences(side(OLD), side(NEW))[1].as_json()
    assert changed["parts"][0] == {"part": "status", "before": "shadow", "after": "enforce"}


def test_seclang_is_compared_by_what_it_says() -> None:
    old = scripts('SecRule ARGS "@rx abc" "id:1,phase:2,deny,msg:\'x\'"\nSecRule ARGS "@rx d" "id:2,phase:2,deny,nolog"\n')
    new = scripts(
        'SecRule ARGS "@rx abd" \\\n "id:1,phase:2,deny,msg:\'x\'"\nSecRule  ARGS  "@rx d"  "id:2,phase:2,deny,nolog"\n'
    )
    (changed,) = differences(old, new)
    assert (changed.kind, changed.id, changed.title) == ("changed", "1", "x")
    assert "@rx abc" in str(changed.parts[0].before)
    assert "@rx abd" in str(changed.parts[0].after)
