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
    assert one.rule_ids == ("eg-0001", "eg-0002", "eg-0003", "t-1")


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
