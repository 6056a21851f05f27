from __future__ import annotations

from edgeguard.config.model import Waf
from edgeguard.waf import rules_from_text
from edgeguard.waf.explain.asked import questions, ways

RULE = """\
- id: t-1
  title: x
  status: test
  match:
    a:
      - {http.request.path|lowercase|starts_with: /x, http.request.method: [PUT, POST]}
      - {http.request.query|contains|all: [p, q]}
    b: {ip.src|cidr: 10.0.0.0/8}
  condition: CONDITION
"""


def told(condition: str) -> list[list[str]] | None:
    (rule,) = rules_from_text(RULE.replace("CONDITION", condition), Waf(compiled="off")).rules
    found = ways(rule)
    if found is None:
        return None
    return [[f"{'not ' * literal.negated}{literal.asked.written}" for literal in way] for way in found]


def test_questions_are_taken_apart() -> None:
    (rule,) = rules_from_text(RULE.replace("CONDITION", "a and b"), Waf(compiled="off")).rules
    (first, second), ((inside,),) = questions(rule).values()
    path = next(each for each in first if "path" in each.written)
    assert (path.steps, path.operator, path.arguments, path.every) == (("lowercase",), "starts_with", ("/x",), False)
    assert path.term.target.name == "http.request.path"
    method = next(each for each in first if "method" in each.written)
    assert (method.operator, method.arguments) == ("equals", ("PUT", "POST"))
    assert (second[0].operator, second[0].every) == ("contains", True)
    assert inside.operator == "cidr"


def test_the_ways_in_which_a_rule_holds() -> None:
    first = ["http.request.method", "http.request.path|lowercase|starts_with"]
    second = ["http.request.query|contains|all"]
    assert told("a and b") == [[*first, "ip.src|cidr"], [*second, "ip.src|cidr"]]
    assert told("a or b") == [first, second, ["ip.src|cidr"]]
    assert told("not a and b") == [
        ["not http.request.method", "not http.request.query|contains|all", "ip.src|cidr"],
        ["not http.request.path|lowercase|starts_with", "not http.request.query|contains|all", "ip.src|cidr"],
    ]
    assert told("not (a or b)") == told("not a and not b")


def test_of_too_many_ways_nothing_is_said() -> None:
    match = "".join(f"    s{number}: [{{http.request.path: /a}}, {{http.request.path: /b}}]\n" for number in range(8))
    text = f"- id: t-1\n  title: x\n  status: test\n  match:\n{match}  condition: {' and '.join(f's{n}' for n in range(8))}\n"
    (rule,) = rules_from_text(text, Waf(compiled="off")).rules
    assert ways(rule) is None
