from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.message import Headers
from edgeguard.waf.bodies.content import Content
from edgeguard.waf.lanes import HEADS, KNOWN, LANES, LONGEST, Lane
from edgeguard.waf.rule_tests import build, send
from edgeguard.waf.seen import Seen
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset

    Make = Callable[..., Ruleset]


def lane() -> Lane:
    return Lane(lambda _: b"", (), ())


def seen(**description: Any) -> Seen:
    one = build(description)
    return Seen(one.request, one.client)


def test_memory_is_bounded_in_number_and_length() -> None:
    one = lane()
    for number in range(KNOWN + 10):
        one.remember(number, ())
    assert len(one.known) == 10
    one.remember((b"a" * LONGEST, (b"b",)), ())
    assert len(one.known) == 10


def test_a_source_is_in_one_lane() -> None:
    sources = [source for _, covered in LANES for source in covered]
    assert len(sources) == len(set(sources))


def test_which_lists_are_about_heads() -> None:
    assert {Source.METHOD, Source.HEADER_NAME, Source.QUERY_VALUE, Source.ADDRESS, Source.STATUS} <= HEADS
    assert HEADS.isdisjoint({Source.FORM_VALUE, Source.JSON_VALUE, Source.BODY, Source.RESPONSE_BODY})


KEYS = dict(zip(("names", "head", "line", "who", "no_body", "answer"), (key for key, _ in LANES), strict=True))


def test_heads_are_told_apart_by_all_of_their_fields() -> None:
    key = KEYS["head"]
    assert key(seen(path="/a")) == key(seen(path="/b"))
    assert key(seen(headers={"a": "b"})) != key(seen(headers={"a": "c"}))
    assert key(seen(method="PUT")) != key(seen())
    assert key(seen(host="other.example")) != key(seen())


def test_names_are_told_apart_by_their_number_and_order() -> None:
    key = KEYS["names"]
    assert key(seen(headers={"a": "b"})) == key(seen(headers={"a": "c"}))
    assert key(seen(headers={"a": "b", "c": "b"})) != key(seen(headers={"c": "b", "a": "b"}))
    assert key(seen(headers={"a": ["b", "b"]})) != key(seen(headers={"a": "b"}))


def test_request_lines_are_told_apart() -> None:
    key = KEYS["line"]
    assert key(seen(path="/a?b=c", headers={"a": "b"})) == key(seen(path="/a?b=c"))
    assert key(seen(path="/a?b=c")) != key(seen(path="/a?b=d"))


def test_clients_are_told_apart_by_all_that_a_port_follows_from() -> None:
    key = KEYS["who"]
    one, other = seen(), seen()
    assert key(one) == key(other)
    other.request.scheme = b"http"
    assert key(one) != key(other)
    one.server_port = other.server_port = 8443
    assert key(one) == key(other)


def test_only_a_body_of_which_nothing_is_to_be_said_is_like_all_others() -> None:
    key = KEYS["no_body"]
    one = seen()
    assert key(one) is None  # it is not known yet
    one.content = Content()
    assert key(one) is True
    for change in ({"raw": b"a"}, {"fault": "unparsable"}, {"later": lambda: None}):
        one.content = Content()
        for name, value in change.items():
            setattr(one.content, name, value)
        assert key(one) is None
    one.content = Content()
    one.body_cut = True
    assert key(one) is None


def test_answers_are_told_apart_by_status_and_fields() -> None:
    key = KEYS["answer"]
    one, other = seen(), seen()
    assert key(one) is None
    one.response_headers = other.response_headers = Headers([(b"a", b"b")])
    one.status, other.status = 200, 404
    assert key(one) != key(other)


SCRIPT = r"""
SecAction "id:1,phase:1,pass,nolog,setvar:tx.allowed=GET,setvar:tx.most=2"
SecRule REQUEST_METHOD "!@within %{tx.allowed}" "id:2,phase:1,log,pass,setvar:tx.score=+1"
SecRule REQUEST_HEADERS:A "@rx ^(\d+)$" "id:3,phase:1,log,pass,capture,chain"
  SecRule TX:1 "@gt 5" "setvar:tx.score=+2"
SecRule REQUEST_HEADERS:A "@rx x" "id:4,phase:1,log,pass,ctl:ruleRemoveById=5"
SecRule REQUEST_HEADERS "@rx evil" "id:5,phase:2,log,pass,chain"
  SecRule REQUEST_HEADERS:B "@rx y"
SecRule REQUEST_HEADERS:B "@rx y" "id:6,phase:1,log,pass,chain,setvar:tx.own_%{matched_var_name}=%{matched_var}"
  SecRule TX:/^own_/ "@streq yy"
SecRule ARGS "@rx evil" "id:7,phase:2,log,pass,setvar:tx.score=+3,chain"
  SecRule REQUEST_HEADERS:A "@rx x"
SecRule &REQUEST_HEADERS:B "@gt 1" "id:8,phase:1,log,pass"
SecRule REQUEST_COOKIES:/^s/ "@rx evil" "id:9,phase:1,log,pass,chain"
  SecRule &REQUEST_COOKIES "@ge %{tx.most}"
SecRule REQUEST_FILENAME "@endsWith .php" "id:10,phase:1,log,pass,skipAfter:END"
SecRule REQUEST_FILENAME|ARGS_GET "@rx (?i)union" "id:11,phase:1,log,pass,t:urlDecodeUni"
SecMarker END
SecRule FILES "@rx \.php" "id:12,phase:2,log,pass"
SecRule REQUEST_BODY "@rx ^$" "id:13,phase:2,log,pass"
SecRule REQBODY_ERROR "@eq 1" "id:14,phase:2,log,pass"
SecRule RESPONSE_HEADERS:Server "@rx old" "id:15,phase:3,log,pass,chain"
  SecRule RESPONSE_STATUS "@eq 500"
SecRule TX:score "@ge 3" "id:16,phase:2,log,pass,msg:'%{tx.score}'"
SecRule REMOTE_ADDR "@ipMatch 10.0.0.0/8" "id:17,phase:1,log,pass"
"""


def requests() -> list[dict[str, Any]]:
    dice = random.Random(7)
    made: list[dict[str, Any]] = []
    for _ in range(120):
        one: dict[str, Any] = {"path": dice.choice(["/", "/a.php", "/UNION", "/%55nion?x=1"])}
        one["method"] = dice.choice(["GET", "POST"])
        one["headers"] = {
            name: dice.choice(values)
            for name, values in (("A", ["7", "3", "x", "evil"]), ("B", ["y", "yy", ["y", "z"], "evil"]))
            if dice.random() < 0.7
        }
        if dice.random() < 0.5:
            one["cookies"] = {name: dice.choice(["a", "evil"]) for name in dice.sample(["s", "t", "su"], dice.randint(1, 3))}
        if dice.random() < 0.4:
            one["query"] = {"q": dice.choice(["evil", "union", "good"])}
        one |= dice.choice(
            [{}, {}, {"form": {"f": "evil"}}, {"json": {"a": "evil"}}, {"body": "{", "content_type": "application/json"}]
        )
        one["ip"] = dice.choice(["203.0.113.7", "10.1.2.3"])
        if dice.random() < 0.5:
            one["response"] = {"status": dice.choice([200, 500]), "headers": {"server": dice.choice(["old", "new"])}}
        made.append(one)
    return made


def told(ruleset: Ruleset, description: dict[str, Any], *, blind: bool = False) -> list[tuple[str, str, str]]:
    matches = send(ruleset, build(description), blind=blind).finish().matches
    return [(match.rule, match.title, match.target) for match in matches]


def test_what_is_remembered_changes_no_verdict(seclang: Make) -> None:
    one = seclang(SCRIPT)
    made = requests()
    expected = [told(one, each, blind=True) for each in made]
    assert {rule for matches in expected for rule, _, _ in matches} >= {
        "2",
        "3",
        "4",
        "5",
        "7",
        "8",
        "9",
        "10",
        "11",
        "13",
        "15",
        "16",
    }
    order = list(range(len(made))) * 4
    random.Random(3).shuffle(order)
    for number in order:
        assert told(one, made[number]) == expected[number], made[number]
    assert any(lane.known for phase in one.plan.phases for lane in phase.lanes)


def test_what_a_key_came_to_is_not_looked_at_again(seclang: Make) -> None:
    one = seclang('SecRule REQUEST_HEADERS:A "@rx a" "id:1,phase:1,log,pass,chain"\n  SecRule REQUEST_HEADERS:B "@rx b"')
    for _ in range(2):
        assert told(one, {"headers": {"A": "a", "B": "bb"}}) != []
    assert told(one, {"headers": {"A": "a", "B": "b" * 5}}) != []


@pytest.mark.parametrize("content", [b"", b"--"])
def test_a_body_without_content_is_not_like_no_body(seclang: Make, content: bytes) -> None:
    one = seclang('SecRule MULTIPART_STRICT_ERROR|REQBODY_ERROR "@eq 1" "id:1,phase:2,log,pass"')

    def broken() -> list[str]:
        sample = build(
            {"body": "x", "content_type": "multipart/form-data; boundary=b", "headers": {"Content-Encoding": "identity"}}
        )
        transaction = one.transaction(sample.request, sample.client, "shadow", lambda: 0, lambda: 0)
        transaction.request_head()
        return [match.rule for match in transaction.request_body(content).matches if match.language == "seclang"]

    before = broken()
    assert told(one, {"path": "/"}) == []
    assert broken() == before
