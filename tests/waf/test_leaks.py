from __future__ import annotations

import json

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf.faults import RulesError
from edgeguard.waf.leaks import MOST, cover, covered, leaks, merged
from edgeguard.waf.loader import rules_from_text
from edgeguard.waf.rule_tests import build, send

RULE = """
- id: mask
  title: x
  action: mask
  match:
    word: {http.response.body|matches: 'secret\\d*'}
    plain: {http.response.body|contains: hidden}
    not_this: {http.response.body|contains: public}
  condition: (word or plain) and not not_this
  tests: {match: [{response: {body: secret1}}], pass: [{response: {body: fine}}]}
"""


def test_all_places_are_found_whichever_part_of_the_rule_holds() -> None:
    [rule] = rules_from_text(RULE, Waf()).rules
    body = b"secret12 hidden hidden secret"
    assert [body[slice(*span)] for span in leaks(rule, body)] == [b"secret12", b"hidden", b"hidden", b"secret"]


def test_a_body_full_of_them_is_covered_to_its_end() -> None:
    [rule] = rules_from_text(RULE, Waf()).rules
    body = b"secret " * (MOST + 5)
    assert leaks(rule, body)[-1][1] == len(body)
    assert covered(body, leaks(rule, body)).count(b"secret") == 0


def test_spans_that_touch_are_one() -> None:
    assert merged([(5, 7), (0, 3), [2, 4], (7, 9)]) == [(0, 4), (5, 9)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (b"abc-1", b"*****"),
        (b'a "b" <i>', b'* "*" <*>'),
        (b"a\r\nb", b"*\r\n*"),
        (b"a\\nb\\\\c\\", b"*\\n*\\\\*\\"),
        (b"\\u00e4x\\u12", b"\\u00e4*\\u12"),
        ("ä".encode(), b"**"),
    ],
)
def test_what_holds_a_document_together_stays(text: bytes, expected: bytes) -> None:
    assert cover(text) == expected


def test_the_length_stays_and_json_is_json_still() -> None:
    body = json.dumps({"a": 'x\nkey\\n"y', "b": "k\u00e4y"}).encode()
    for begin in range(len(body)):
        for end in range(begin, len(body) + 1):
            made = covered(body, [(begin, end)])
            assert len(made) == len(body)
            if begin > body.index(b"x") and end < body.index(b'y"') and b"1" not in body[begin:end]:
                json.loads(made)
    made = covered(body, [(body.index(b"nkey"), body.index(b"nkey") + 7)])
    assert json.loads(made)["a"] == 'x\n***\\*"y'


def test_a_verdict_tells_spans_only_where_rules_are_enforced() -> None:
    ruleset = rules_from_text(RULE, Waf())
    sample = build({"response": {"body": "a secret7"}})
    transaction = ruleset.transaction(sample.request, sample.client)
    verdict = transaction.response_body(b"a secret7")
    assert (verdict.masks, verdict.blocked, verdict.would_block) == (((2, 9),), False, False)
    assert (verdict.matches[0].value, verdict.matches[0].action) == ("***", "mask")
    verdict = send(ruleset, sample).finish()
    assert (verdict.masks, verdict.would_block) == ((), True)


@pytest.mark.parametrize(
    ("match", "told"),
    [
        ("{http.response.body.start|contains: x}", "is only its beginning"),
        ("{http.response.status: 200}", "no term of this rule looks there"),
        ("{http.response.body|lowercase|contains: x}", "leave the transformations out"),
        ("{http.response.body|exists: true}", "finds nothing there"),
    ],
)
def test_what_can_not_be_masked_is_told(match: str, told: str) -> None:
    with pytest.raises(RulesError, match=told):
        rules_from_text(f"- {{id: a, title: x, status: test, action: mask, match: {{a: {match}}}}}", Waf())


def test_an_origins_fault_is_no_fault_of_who_asked() -> None:
    text = "- {id: a, title: x, status: test, action: block, match: {a: {%s: x}}}"
    statuses = [
        rules_from_text(text % target, Waf()).rules[0].action.status for target in ("http.request.path", "http.response.body")
    ]
    assert statuses == [403, 502]


def test_a_rule_may_only_tell() -> None:
    text = "- {id: a, title: x, status: test, severity: critical, action: log, match: {a: {http.request.path: x}}}"
    action = rules_from_text(text, Waf()).rules[0].action
    assert (action.score, action.status, action.name) == (0, None, "log")
