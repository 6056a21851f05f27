from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from edgeguard.config.model import Waf
from edgeguard.waf.rule_tests import build, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf import Ruleset


def test_digests_tell_rules_and_settings_apart(one_rule: Callable[..., Ruleset]) -> None:
    same = one_rule("http.request.path", "/a", canonical="a")
    assert same.digest == one_rule("http.request.path", "/a", canonical="a").digest
    assert same.digest != one_rule("http.request.path", "/b", canonical="b").digest
    assert same.digest != one_rule("http.request.path", "/a", Waf(threshold=6), canonical="a").digest
    assert len(same.digest) == 64


def test_a_ruleset_tells_its_state(one_rule: Callable[..., Ruleset]) -> None:
    one = one_rule("http.request.path", "/a")
    assert repr(one) == f"Ruleset(1 of 1 rules active, {one.digest[:12]})"
    assert one.rule_ids == ("eg-0001", "eg-0002", "eg-0003", "eg-0004", "t-1")


def test_whether_responses_are_wanted_is_known(one_rule: Callable[..., Ruleset]) -> None:
    request = one_rule("http.request.path", "/a")
    head = one_rule("http.response.status", 500)
    body = one_rule("http.response.body|contains", "x")
    assert (request.inspects_responses, request.inspects_response_bodies) == (False, False)
    assert (head.inspects_responses, head.inspects_response_bodies) == (True, False)
    assert (body.inspects_responses, body.inspects_response_bodies) == (True, True)


def test_a_ruleset_compiled_before_a_fork_works_in_the_child(bundle: Ruleset) -> None:
    def found(path: str) -> int:
        return len(send(bundle, build({"path": path})).finish().matches)

    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        os.write(writer, bytes([found("/?id=1%20union%20select%201,2"), found("/articles?page=2")]))
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    assert status == 0
    attack, benign = os.read(reader, 10)
    assert attack > 0
    assert benign == 0
    os.close(reader)


def test_rules_of_the_past_are_kept_for_reading(one_rule: Callable[..., Any]) -> None:
    retired = one_rule("http.request.path", "/a", status="retired")
    assert len(retired.rules) == 1
    assert retired.plan.rules == ()


RULE = 'SecRule ARGS "@rx a" "id:1,phase:2,log,deny"'


def test_digests_tell_scripts_apart(seclang: Callable[..., Ruleset]) -> None:
    assert seclang(RULE).digest == seclang(RULE + "\n").digest
    assert seclang(RULE).digest != seclang(RULE.replace("@rx a", "@rx b")).digest
    assert seclang(RULE).rule_ids[-1] == "1"


def test_a_script_whose_engine_is_off_has_no_rules(seclang: Callable[..., Ruleset]) -> None:
    assert seclang("SecRuleEngine Off\n" + RULE).rule_ids == ("eg-0001", "eg-0002", "eg-0003", "eg-0004")


def test_a_script_is_shown_responses_of_the_types_that_it_names(seclang: Callable[..., Ruleset]) -> None:
    rule = 'SecRule RESPONSE_BODY "@rx a" "id:1,phase:4,log,deny"'
    shown = seclang(f"SecResponseBodyAccess On\nSecResponseBodyMimeType text/plain\n{rule}")
    assert shown.inspects_response_bodies
    assert shown.shows_response(b"Text/Plain; charset=utf-8")
    assert not shown.shows_response(b"text/html")
    unseen = seclang(rule)
    assert unseen.inspects_responses
    assert not unseen.inspects_response_bodies
    assert not unseen.shows_response(b"text/plain")


def test_records_are_the_rulesets_own_and_live_as_long_as_the_script_says(seclang: Callable[..., Ruleset]) -> None:
    one = seclang("SecCollectionTimeout 5\n" + RULE)
    one.records.open("IP", b"a", 0.0).set(b"x", b"1")
    assert one.records.open("IP", b"a", 4.0).get(b"x") == b"1"
    assert one.records.open("IP", b"a", 10.0).get(b"x") == b""
    assert len(seclang(RULE).records) == 0
