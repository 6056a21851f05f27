from __future__ import annotations

import gc
import gzip
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.message import Body, Client, Headers, Request
from edgeguard.waf import VERDICT_ALLOW, load_rules
from edgeguard.waf.lanes import HITS
from edgeguard.waf.model import Action
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import build

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.waf import Rule, Ruleset, Transaction, Verdict
    from edgeguard.waf.evaluate import Evidence
    from edgeguard.waf.seclang.chain import ChainRule
    from edgeguard.waf.seclang.machine import Machine

Make = "Callable[..., Ruleset]"


def begin(ruleset: Ruleset, mode: Any = "enforce", **description: Any) -> Transaction:
    sample = build(description)
    return ruleset.transaction(sample.request, sample.client, mode, lambda: 0, lambda: 0)


def ask(ruleset: Ruleset, mode: Any = "enforce", **description: Any) -> Verdict:
    """Head and body."""
    transaction = begin(ruleset, mode, **description)
    transaction.request_head()
    body = build(description).body
    if body:
        transaction.request_body(body)
    return transaction.finish()


def test_nothing_found_is_the_shared_constant(one_rule: Make) -> None:
    transaction = begin(one_rule("http.request.any|contains", "evil"), path="/?q=good", json={"a": "good"})
    assert transaction.request_head() is VERDICT_ALLOW
    assert transaction.request_body(b'{"a": "good"}') is VERDICT_ALLOW
    assert transaction.response_head(200, Headers([(b"a", b"b")])) is VERDICT_ALLOW
    assert transaction.response_body(b"good") is VERDICT_ALLOW
    assert transaction.finish() == VERDICT_ALLOW


def test_a_match_tells_where_and_what(one_rule: Make) -> None:
    verdict = ask(one_rule("http.request.any|url_decode|lowercase|contains", "evil"), path="/?q=1%2545VIL")
    (match,) = verdict.matches
    assert (match.rule, match.target, match.form) == ("t-1", "http.request.query.values:q", "url_decode|lowercase")
    assert (match.value, match.score, match.mode) == ("evil", 5, "enforce")
    assert verdict.blocked
    assert verdict.status == 403
    assert verdict.score == 5


@pytest.mark.parametrize(
    "description",
    [
        {"path": "/evil"},
        {"path": "/?evil"},
        {"path": "/?a=evil"},
        {"headers": {"X-A": "evil"}},
        {"cookies": {"a": "evil"}},
        {"cookies": {"evil": "a"}},
        {"form": {"a": "evil"}},
        {"form": {"evil": "a"}},
        {"json": {"a": ["evil"]}},
        {"json": {"evil": 1}},
        {"multipart": {"a": "evil"}},
        {"multipart": {"a": {"filename": "evil"}}},
        {"body": "evil", "content_type": "application/xml"},
        {"body": "broken evil", "content_type": "application/json"},
    ],
)
def test_any_leaves_no_door_open(one_rule: Make, description: dict[str, Any]) -> None:
    ruleset = one_rule("http.request.any|contains", "evil")
    for _ in range(2):  # the second time, what was clean is known
        assert ask(ruleset, **description).matches


def test_a_clean_value_is_remembered_by_source_and_not_by_name(one_rule: Make) -> None:
    ruleset = one_rule("http.request.query.values:id|contains", "evil")
    assert not ask(ruleset, path="/?other=evil").matches
    assert ask(ruleset, path="/?id=evil").matches
    assert not ask(ruleset, path="/?other=evil").matches


def test_a_head_in_which_much_is_hit_is_not_remembered(one_rule: Make) -> None:
    ruleset = one_rule("http.request.query.values|contains", "evil")
    for number, kept in ((HITS, 1), (HITS + 1, 1)):
        assert ask(ruleset, path="/?" + "a=evil&" * number).matches
        assert [len(lane.known) for phase in ruleset.plan.phases for lane in phase.lanes] == [kept]


def test_a_rule_counts_once(one_rule: Make) -> None:
    verdict = ask(one_rule("http.request.any|contains", "evil"), path="/evil?evil=evil", json={"evil": "evil"})
    assert len(verdict.matches) == 1
    assert verdict.score == 5


def test_shadow_rules_and_shadow_mode_never_block(one_rule: Make) -> None:
    shadowed = ask(one_rule("http.request.path|contains", "evil", status="shadow"), path="/evil")
    assert not shadowed.blocked
    assert not shadowed.would_block
    assert shadowed.matches[0].mode == "shadow"
    mode = ask(one_rule("http.request.path|contains", "evil"), "shadow", path="/evil")
    assert not mode.blocked
    assert mode.would_block
    assert mode.score == 5


def test_off_asks_nothing(one_rule: Make) -> None:
    ruleset = one_rule("http.request.any|contains", "evil")
    transaction = begin(ruleset, "off", path="/evil")
    assert transaction.request_head() is VERDICT_ALLOW
    assert transaction.request_body(b"evil") is VERDICT_ALLOW
    assert transaction.response_head(200, Headers()) is VERDICT_ALLOW
    assert transaction.response_body(b"evil") is VERDICT_ALLOW


@pytest.mark.parametrize(
    ("setting", "asked", "blocks"), [("enforce", "shadow", 0), ("shadow", "enforce", 0), ("enforce", "enforce", 1)]
)
def test_the_milder_of_setting_and_route_wins(one_rule: Make, setting: Any, asked: Any, blocks: int) -> None:
    ruleset = one_rule("http.request.path|contains", "evil", Waf(mode=setting))
    assert ask(ruleset, asked, path="/evil").blocked is bool(blocks)


@pytest.mark.parametrize("status", ["test", "retired"])
def test_rules_in_test_and_retired_ones_are_not_asked(one_rule: Make, status: str) -> None:
    assert not ask(one_rule("http.request.path|contains", "evil", status=status), path="/evil").matches


def test_block_needs_no_score(one_rule: Make) -> None:
    assert ask(one_rule("http.request.path|contains", "evil", action=Action(0, 451)), path="/evil").status == 451


def test_below_the_threshold_nothing_is_blocked(one_rule: Make) -> None:
    verdict = ask(one_rule("http.request.path|contains", "evil", action=Action(4)), path="/evil")
    assert not verdict.blocked
    assert verdict.score == 4


def test_a_phase_decides_over_what_was_seen_until_then(one_rule: Make) -> None:
    head = one_rule("http.request.any|contains", "evil", phase=Phase.REQUEST_HEAD)
    assert not ask(head, json={"a": "evil"}).matches
    assert ask(head, path="/evil", json={"a": "good"}).matches
    body = one_rule("http.request.any|contains", "evil", phase=Phase.REQUEST_BODY)
    transaction = begin(body, path="/evil", json={"a": "good"})
    assert not transaction.request_head().matches
    assert transaction.request_body(b'{"a": "good"}').matches
    assert ask(body, path="/evil").matches  # without a body its phase comes with the head


@pytest.mark.parametrize(
    ("field", "arguments", "description", "matches"),
    [
        ("http.request.headers:x-a|exists", True, {"headers": {"X-A": ""}}, True),
        ("http.request.headers:x-a|exists", True, {}, False),
        ("http.request.headers:x-a|exists", False, {}, True),
        ("http.request.query.values:a|count", 2, {"path": "/?a=1&a=2"}, True),
        ("http.request.query.values:a|count", 2, {"path": "/?a=1&b=2"}, False),
        ("ip.src|cidr", "203.0.113.0/24", {}, True),
        ("ip.src|cidr", "10.0.0.0/8", {}, False),
        ("http.request.headers:content-length|greater", 5, {"body": "123456"}, True),
        ("http.request.headers:content-length|greater", 6, {"body": "123456"}, False),
        ("http.request.method", "TRACE", {"method": "TRACE"}, True),
        ("account.id", "acme", {"account": "acme"}, True),
        ("http.host", "cms.example", {"host": "cms.example:1"}, True),
        ("http.request.query.values|matches|all", ["a", "b"], {"path": "/?x=ab"}, True),
        ("http.request.query.values|matches|all", ["a", "b"], {"path": "/?x=a&y=b"}, False),
    ],
)
def test_operators_in_place(one_rule: Make, field: str, arguments: Any, description: dict[str, Any], matches: bool) -> None:
    assert bool(ask(one_rule(field, arguments), **description).matches) is matches


def test_responses(one_rule: Make) -> None:
    ruleset = one_rule("http.response.body|contains", "ORA-")
    transaction = begin(ruleset)
    transaction.request_head()
    transaction.response_head(500, Headers([(b"content-type", b"text/html")]))
    assert transaction.response_body(b"error ORA-00933").blocked
    assert begin(one_rule("http.response.status", 500)).response_head(500, Headers()).blocked
    assert begin(one_rule("http.response.headers:x-a|contains", "b")).response_head(200, Headers([(b"x-a", b"abc")])).blocked


@pytest.mark.parametrize(("policy", "score", "status"), [("pass", 0, 0), ("score", 3, 0), ("block", 0, 400)])
def test_unparsable_bodies_are_an_event_with_a_policy(one_rule: Make, policy: Any, score: int, status: int) -> None:
    verdict = ask(one_rule("http.request.path", "x", Waf(on_unparsable=policy)), body="{", content_type="application/json")
    assert [match.rule for match in verdict.matches] == ["eg-0002"]
    assert (verdict.score, verdict.status) == (score, status)


def test_a_body_beyond_its_bounds_is_an_event(one_rule: Make) -> None:
    verdict = ask(one_rule("http.request.path", "x", Waf(body_depth=1)), json=[[1]])
    assert [match.rule for match in verdict.matches] == ["eg-0003"]
    assert (verdict.score, verdict.status) == (3, 0)


@pytest.mark.parametrize(("policy", "status"), [("pass", 0), ("score", 413), ("block", 413)])
def test_a_body_with_values_that_nobody_looks_at_is_not_let_through_for_three_points(
    one_rule: Make, policy: Any, status: int
) -> None:
    verdict = ask(one_rule("http.request.path", "x", Waf(body_values=3, on_unparsable=policy)), json=[1, 2, 3, 4])
    assert [match.rule for match in verdict.matches] == ["eg-0003"]
    assert verdict.status == status


def test_no_more_than_inspect_bytes_are_looked_at(one_rule: Make) -> None:
    ruleset = one_rule("http.request.body.text|contains", "evil", Waf(inspect_bytes=100))
    assert not ask(ruleset, body="x" * 100 + "evil").matches
    assert ask(ruleset, body="x" * 90 + "evil").matches


def test_the_body_is_inspected_once(one_rule: Make) -> None:
    transaction = begin(one_rule("http.request.any|contains", "evil"), json={"a": 1})
    transaction.request_head()
    transaction.request_body(b'{"a": 1}')
    assert not transaction.request_body(b'{"a": "evil"}').matches


class Ticking:
    """A clock that moves on by so many nanoseconds each time it is read."""

    def __init__(self, step: int) -> None:
        self.time = 0
        self.step = step

    def __call__(self) -> int:
        self.time += self.step
        return self.time


@pytest.mark.parametrize(("policy", "score", "status"), [("pass", 0, 0), ("score", 3, 0), ("block", 0, 403)])
def test_a_spent_budget_ends_inspection_by_policy(one_rule: Make, policy: Any, score: int, status: int) -> None:
    ruleset = one_rule("http.request.any|contains", "evil", Waf(budget_us=100, on_budget=policy))
    sample = build({"query": {f"n{number}": f"v{number}" for number in range(500)}})
    clock = Ticking(1000)
    verdict = ruleset.transaction(sample.request, sample.client, "enforce", clock, clock).request_head()
    assert verdict.budget_spent
    assert [match.rule for match in verdict.matches] == ["eg-0001"]
    assert (verdict.score, verdict.status) == (score, status)
    assert clock.time < 400 * 1000  # it did stop, long before 500 values


def test_what_was_found_before_the_budget_was_spent_still_counts(one_rule: Make) -> None:
    ruleset = one_rule("http.request.any|contains", "evil", Waf(budget_us=100))
    sample = build({"query": {"evil": "names come first", **{f"n{number}": f"v{number}" for number in range(500)}}})
    clock = Ticking(1000)
    verdict = ruleset.transaction(sample.request, sample.client, "enforce", clock, clock).request_head()
    assert {match.rule for match in verdict.matches} == {"eg-0001", "t-1"}
    assert verdict.blocked


@pytest.mark.parametrize(("policy", "status"), [("pass", 0), ("score", 400), ("block", 400)])
def test_what_hides_its_text_is_blocked_unless_it_may_pass(one_rule: Make, policy: Any, status: int) -> None:
    ruleset = one_rule("http.request.path", "x", Waf(on_unparsable=policy))
    verdict = ask(ruleset, body="x", content_type="application/json", headers={"content-encoding": "br"})
    assert verdict.status == status


@pytest.mark.parametrize(("policy", "status"), [("pass", 0), ("prefix", 0), ("block", 413)])
def test_too_long_once_decompressed_is_too_long(one_rule: Make, policy: Any, status: int) -> None:
    sample = build({"body": "x", "content_type": "application/json", "headers": {"content-encoding": "gzip"}})
    ruleset = one_rule("http.request.path", "x", Waf(on_oversize=policy))
    transaction = ruleset.transaction(sample.request, sample.client)
    transaction.request_head()
    assert transaction.request_body(gzip.compress(b'{"a": "%b"}' % (b" " * 200_000))).status == status


def test_a_padded_head_takes_no_time_from_its_body(one_rule: Make) -> None:
    ruleset = one_rule("http.request.any|contains", "evil", Waf(budget_us=100, on_budget="score"))
    sample = build({"query": {f"n{number}": f"v{number}" for number in range(500)}, "json": {"a": "evil"}})
    clock = Ticking(1000)
    transaction = ruleset.transaction(sample.request, sample.client, "enforce", clock, clock)
    assert transaction.request_head().budget_spent
    assert transaction.request_body(sample.body).blocked


def test_padding_that_takes_all_the_time_is_blocked_by_default(bundle: Ruleset) -> None:
    padding = ["<%d'%%41\\x41" % number for number in range(9_000)]  # noqa: UP031 - full of percent signs and braces
    sample = build({"json": {"pad": padding, "last": "1' union select password from users--"}})
    transaction = bundle.transaction(sample.request, sample.client, "enforce")
    transaction.request_head()
    assert transaction.request_body(sample.body[: 128 * 1024], complete=False).blocked


def test_time_of_other_processes_is_not_held_against_a_request(one_rule: Make) -> None:
    ruleset = one_rule("http.request.any|contains", "evil", Waf(budget_us=100))
    sample = build({"query": {f"n{number}": f"v{number}" for number in range(500)} | {"last": "evil"}})
    verdict = ruleset.transaction(sample.request, sample.client, "enforce", Ticking(10_000), Ticking(10)).request_head()
    assert not verdict.budget_spent
    assert verdict.blocked


def test_nanoseconds_are_counted_over_all_verbs(one_rule: Make) -> None:
    sample = build({"json": {"a": 1}})
    clock = Ticking(5)
    transaction = one_rule("http.request.path", "x").transaction(sample.request, sample.client, "enforce", clock, lambda: 0)
    transaction.request_head()
    first = transaction.nanoseconds
    transaction.request_body(sample.body)
    assert 0 < first < transaction.nanoseconds == transaction.finish().nanoseconds


def test_memories_are_bounded(one_rule: Make) -> None:
    ruleset = one_rule("http.request.any|contains", "evil")
    lanes = ruleset.plan.phases[0].lanes
    for number in range(1030):
        begin(ruleset, path=f"/{number}", headers={"x": str(number)}).request_head()
    assert [len(lane.known) for lane in lanes] == [6, 6]  # fields, request line
    before = [len(lane.known) for lane in lanes]
    begin(ruleset, path="/" + "x" * 5000).request_head()
    assert [len(lane.known) for lane in lanes] == [before[0] + 1, *before[1:]]


def test_a_long_body_earns_more_time(one_rule: Make) -> None:
    ruleset = one_rule("http.request.any|contains", "evil", Waf(budget_us=100))
    fields = {f"n{number}": f"v{number}" for number in range(100)}
    short, long = build({"form": fields}), build({"form": {**fields, "long": "x" * 100_000}})

    def spent(sample: Any) -> bool:
        clock = Ticking(1000)
        transaction = ruleset.transaction(sample.request, sample.client, "enforce", clock, clock)
        transaction.request_head()
        return transaction.request_body(sample.body).budget_spent

    assert spent(short)
    assert not spent(long)


SCRIPT = """
SecAction "id:1,phase:1,pass,nolog,setvar:tx.limit=5,setvar:tx.score=0"
SecRule REQUEST_URI "@contains evil" "id:2,phase:1,pass,log,msg:'Evil',capture,setvar:tx.score=+5"
SecRule ARGS "@contains bad" "id:3,phase:2,pass,nolog,t:lowercase"
SecRule TX:score "@ge %{tx.limit}" "id:4,phase:2,deny,status:418,log,msg:'Too much'"
"""


class Noted:
    """An observer that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, bytes]] = []

    def rule(self, rule: Rule, evidence: Evidence | None) -> None:
        self.told.append((rule.id, b"" if evidence is None else evidence.form))

    def chain(self, rule: ChainRule, machine: Machine) -> None:
        self.told.append((rule.id, machine.holds[-1].name))


@pytest.fixture
def scripted(tmp_path: Path) -> Callable[..., Ruleset]:
    """A ruleset of both languages."""
    (tmp_path / "rules.conf").write_text(SCRIPT)
    (tmp_path / "rules.yaml").write_text(
        "- {id: t-1, title: Evil, match: {evil: {http.request.target|contains: evil}},\n"
        "   tests: {match: [{path: /evil}], pass: [{path: /}]}}\n"
    )

    def make(**options: Any) -> Ruleset:
        return load_rules([tmp_path / "rules.yaml"], Waf(seclang=[str(tmp_path / "rules.conf")], compiled="off"), **options)

    return make


class Watched(Body):
    """One that can be referred to weakly."""


def test_nothing_is_kept_of_an_exchange_that_is_over(scripted: Callable[..., Ruleset]) -> None:
    ruleset = scripted()
    sample = build({"path": "/evil?a=BAD", "form": {"a": "BAD"}})
    transaction = ruleset.transaction(sample.request, sample.client, "shadow")
    transaction.request_head()
    transaction.request_body(sample.body)
    assert transaction.finish().matches
    sample.request.body = Watched(sample.body)
    seen = weakref.ref(sample.request.body)
    gc.disable()  # it comes by seldom, and bodies are large
    try:
        del transaction, sample
        assert seen() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("gates", [True, False])
def test_an_observer_is_told_of_each_rule_that_holds(scripted: Callable[..., Ruleset], gates: bool) -> None:
    sample = build({"path": "/evil?a=BAD"})
    noted = Noted()
    transaction = scripted(gates=gates).transaction(sample.request, sample.client, "shadow", lambda: 0, lambda: 0, observer=noted)
    transaction.request_head()
    assert noted.told == [("t-1", b"/evil?a=BAD"), ("2", b"REQUEST_URI"), ("3", b"ARGS:a"), ("4", b"TX:score")]


@pytest.mark.parametrize("path", ["/", "/evil", "/evil?a=BAD", "/?a=bad"])
def test_without_gates_the_verdict_is_the_same(scripted: Callable[..., Ruleset], path: str) -> None:
    quick, whole = ask(scripted(), path=path), ask(scripted(gates=False), path=path)
    assert [match.rule for match in quick.matches] == [match.rule for match in whole.matches]
    assert (quick.status, quick.score, quick.action) == (whole.status, whole.score, whole.action)
    assert quick.status == (418 if path.startswith("/evil") else 0)


@pytest.mark.parametrize("language", ["yaml", "seclang"])
def test_a_long_name_above_thousands_of_values_is_looked_at_once(
    language: str, bundle: Ruleset, seclang: Callable[..., Ruleset]
) -> None:
    rules = bundle if language == "yaml" else seclang('SecRule ARGS_NAMES|ARGS "@rx needle" "id:1,phase:2,deny"')

    def looks(count: int) -> int:
        calls = 0

        def now() -> int:
            nonlocal calls
            calls += 1
            return 0

        text = b'{"%b": [%b]}' % (b"k" * 5000, b",".join([b"1"] * count))
        fields = Headers([(b"host", b"h"), (b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))])
        request = Request(b"POST", b"/", b"/", None, b"https", b"h", fields, Body(text))
        rules.transaction(request, Client("192.0.2.7", "192.0.2.7"), now=now).request_body(text)
        return calls

    looks(10)
    assert looks(3000) <= looks(10)
