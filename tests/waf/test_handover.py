"""The same exchanges with and without another process: verdicts, variables and records must be the same."""

from __future__ import annotations

import marshal
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Dial, Exclusion, Route, RouteWaf, Waf
from edgeguard.message import Account, Client, Headers
from edgeguard.waf import load_rules
from edgeguard.waf.bodies.deferred import Deferred
from edgeguard.waf.findings import Findings
from edgeguard.waf.handover import BODIES, Handover
from edgeguard.waf.phase import Phase
from edgeguard.waf.rule_tests import build
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.seen import Seen
from edgeguard.waf.transaction import Transaction

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.waf import Ruleset, Verdict

    Make = Callable[..., Ruleset]

OWN = """
- id: t-1
  title: A word anywhere
  severity: critical
  match: {word: {http.request.any|contains: attackword}}
  tests: {match: [{query: {q: attackword}}], pass: [{path: /}]}
- id: t-2
  title: A word asked for, and answered
  severity: medium
  match:
    asked: {http.request.body|contains: secret}
    told: {http.response.body|contains: secret}
  condition: asked and told
  tests:
    match: [{method: POST, body: secret, response: {body: secret}}]
    pass: [{path: /}]
- id: t-3
  title: A path and a field in a body
  severity: medium
  match:
    place: {http.request.path: /admin}
    field: {http.request.form.values|contains: root}
  condition: place and field
  tests:
    match: [{path: /admin, form: {user: root}}]
    pass: [{path: /}]
"""

SCRIPT = r"""
SecRuleEngine On
SecRequestBodyAccess On
SecResponseBodyAccess On
SecResponseBodyMimeType text/plain text/html
SecAction "id:1,phase:1,pass,nolog,setvar:tx.score=0,initcol:ip=%{remote_addr}"
SecRule REQUEST_HEADERS:X-Odd "@rx ." "id:2,phase:1,pass,log,msg:'odd %{matched_var}',severity:2,capture,\
  setvar:tx.score=+1,setvar:tx.odd=%{matched_var},setenv:SEEN=1"
SecRule REQUEST_HEADERS:X-Trusted "@streq yes" "id:3,phase:1,pass,nolog,ctl:ruleRemoveById=12,\
  ctl:ruleRemoveTargetById=11;ARGS:note"
SecRule REQUEST_HEADERS:X-Off "@streq yes" "id:4,phase:1,pass,nolog,ctl:ruleEngine=DetectionOnly"
SecRule REQUEST_HEADERS:X-Let "@streq yes" "id:5,phase:1,allow:request,nolog"
SecRule REQUEST_HEADERS:X-Raw "@streq yes" "id:6,phase:1,pass,nolog,ctl:forceRequestBodyVariable=On"
SecRule REQUEST_HEADERS:X-As "@streq json" "id:7,phase:1,pass,nolog,ctl:requestBodyProcessor=JSON"
SecRule ARGS|ARGS_NAMES "@contains evil" "id:11,phase:2,pass,log,msg:'evil in %{matched_var_name}',logdata:'%{matched_var}',\
  severity:2,tag:'attack',setvar:tx.score=+5,setvar:ip.bad=+1,expirevar:ip.bad=60"
SecRule REQUEST_BODY "@contains worse" "id:12,phase:2,deny,status:406,log,msg:'worse'"
SecRule REQBODY_ERROR "!@eq 0" "id:13,phase:2,pass,log,msg:'broken: %{REQBODY_ERROR_MSG}'"
SecRule ARGS:go "@contains away" "id:14,phase:2,redirect:'https://example.com/%{tx.odd}',log,msg:'away'"
SecRule ARGS:cut "@streq line" "id:15,phase:2,drop,log"
SecRule TX:SCORE "@ge 6" "id:20,phase:2,deny,log,msg:'sum %{tx.score}'"
SecRule IP:BAD "@ge 3" "id:21,phase:2,deny,status:429,log,msg:'again'"
SecRule RESPONSE_BODY "@contains leak" "id:31,phase:4,pass,log,msg:'leak',setvar:tx.out=+4,setvar:ip.leaks=+1"
SecRule ARGS:reveal "@streq yes" "id:32,phase:4,pass,log,msg:'asked for %{args.reveal}',chain"
  SecRule RESPONSE_BODY "@contains leak" "setvar:tx.out=+2"
SecRule TX:OUT "@ge 4" "id:33,phase:4,deny,status:502,log,msg:'out %{tx.out}'"
SecRule RESPONSE_BODY "@contains bye" "id:41,phase:5,pass,log,msg:'bye'"
SecRule TX:SCORE "@ge 1" "id:42,phase:5,pass,log,msg:'total %{tx.score} of %{args.note}, env %{env.seen}'"
"""

FORM = b"application/x-www-form-urlencoded"
BODIES_SENT: dict[str, tuple[bytes, bytes]] = {
    "nothing": (FORM, b"note=good&more=" + b"x" * 1000),
    "attack": (FORM, b"note=attackword"),
    "secret": (b"text/plain", b"tell me a secret"),
    "root": (FORM, b"user=root&note=good"),
    "evil": (FORM, b"note=evil&more=evil"),
    "worse": (FORM, b"note=evil&more=worse"),
    "json": (b"application/json", b'{"note": "evil", "list": [1, 2, "worse"]}'),
    "broken": (b"application/json", b'{"note": "evil", '),
    "hidden": (b"application/json", b"\x1f\x8bnope"),
    "multipart": (
        b"multipart/form-data; boundary=b",
        (
            b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nevil\r\n'
            b'--b\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\nworse\r\n--b--\r\n'
        ),
    ),
    "away": (FORM, b"go=away"),
    "cut": (FORM, b"cut=line"),
    "reveal": (FORM, b"reveal=yes&note=evil"),
    "raw": (b"text/plain", b"note=worse"),
}
HEADS: dict[str, dict[str, str]] = {
    "plain": {},
    "odd": {"X-Odd": "strange"},
    "trusted": {"X-Trusted": "yes", "X-Odd": "a"},
    "off": {"X-Off": "yes"},
    "let": {"X-Let": "yes"},
    "raw": {"X-Raw": "yes"},
    "as": {"X-As": "json"},
    "encoded": {"Content-Encoding": "gzip"},
}
ANSWERS = (b"fine", b"a leak, a secret", b"bye")


@pytest.fixture
def make(tmp_path: Path) -> Make:
    def rules(*, own: str = "", script: str = "", **settings: Any) -> Ruleset:
        (tmp_path / "own.yaml").write_text(own)
        (tmp_path / "script.conf").write_text(script)
        if script:
            settings["seclang"] = [str(tmp_path / "script.conf")]
        return load_rules([tmp_path / "own.yaml"] if own else [], Waf(compiled="off", **settings))

    return rules


class Run:
    """One exchange, from its head to its end; `far` calls the verbs about bodies by way of a handover."""

    def __init__(self, ruleset: Ruleset, head: str, body: str, answer: bytes, *, far: bool, mode: Any = "enforce") -> None:
        self.ruleset = ruleset
        self.near, self.there = (Handover(ruleset), Handover(ruleset)) if far else (None, None)
        kind, content = BODIES_SENT[body]
        made = build({"path": "/admin?a=1", "body": "x", "headers": HEADS[head], "content_type": kind.decode()})
        client = Client("203.0.113.7", "198.51.100.1", Account("a-1", "token", verified=True))
        clock = iter(range(1, 1000))
        self.transaction = ruleset.transaction(made.request, client, mode, lambda: 0, lambda: 0, lambda: float(next(clock)))
        self.transaction.seen.server_port = 8443
        self.verdicts = [self.transaction.request_head()]
        if not self.verdicts[-1].blocked:
            self.verdicts.append(self.verb(Phase.REQUEST_BODY, content))
        if not self.verdicts[-1].blocked:
            self.verdicts.append(self.transaction.response_head(200, Headers([(b"content-type", b"text/plain")])))
            self.verdicts.append(self.verb(Phase.RESPONSE_BODY, answer))
        self.verdicts.append(self.transaction.finish())

    def verb(self, phase: Phase, content: bytes, complete: bool = True) -> Verdict:
        if self.near is None or self.there is None:
            verb = self.transaction.request_body if phase is Phase.REQUEST_BODY else self.transaction.response_body
            return verb(content, complete)
        sent = b"".join(self.near.sent(self.transaction))
        question = marshal.loads(marshal.dumps(self.near.question(self.transaction, phase, complete)))
        answer = marshal.loads(marshal.dumps(self.there.answer(question, content, sent)))
        half = len(content) // 2
        return self.near.adopt(self.transaction, phase, (content[:half], content[half:]), complete, answer)

    def told(self) -> list[Verdict]:
        return [replace(verdict, nanoseconds=0) for verdict in self.verdicts]

    def left(self) -> tuple[object, ...]:
        """What the exchange left behind."""
        machine = self.transaction._machine
        records = self.ruleset.records._records
        seen = self.transaction.seen
        return (
            None
            if machine is None
            else (machine.variables(), machine.highest, machine.engine, machine.strayed, machine.removals),
            {place: dict(record._variables) for place, record in records.items()},
            (seen.body_length, seen.body_cut, seen.processor, seen.forced_body),
            None
            if seen.content is None
            else (seen.content.raw, seen.content.arguments, seen.content.error, seen.content.processor),
        )


def alike(ruleset: Ruleset, head: str, body: str, answer: bytes, mode: Any = "enforce") -> tuple[Run, Run]:
    """The exchange in both ways, each beginning with an empty store, twice so that records of the first are there."""
    near: list[Run] = []
    for runs in ([], []):
        ruleset.records._records.clear()
        for _ in range(2):
            runs.append(Run(ruleset, head, body, answer, far=bool(near), mode=mode))
        near, far = near or runs, runs
    for one, other in zip(near, far, strict=True):
        assert one.told() == other.told()
        assert one.left() == other.left()
    return near[-1], far[-1]


@pytest.mark.parametrize("body", BODIES_SENT)
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("mode", ["enforce", "shadow"])
def test_rules_of_our_own_tell_the_same(make: Make, body: str, answer: bytes, mode: str) -> None:
    alike(make(own=OWN), "plain", body, answer, mode)


def test_all_kinds_of_rules_tell_the_same_whatever_comes(make: Make) -> None:
    ruleset = make(script=SCRIPT, own=OWN)
    verdicts = set()
    for head in HEADS:
        for body in BODIES_SENT:
            for answer in ANSWERS:
                _, far = alike(ruleset, head, body, answer)
                last = far.told()[-1]
                verdicts.add((last.action, last.status))
                verdicts |= {match.rule for match in last.matches}
    # The comparison is worth something only if all of it came about.
    assert {("block", 403), ("block", 406), ("block", 502), ("drop", 403), ("redirect", 302), ("allow", 0)} <= verdicts
    assert {"t-1", "t-2", "t-3", "2", "11", "12", "13", "14", "15", "20", "31", "32", "33", "41", "42"} <= verdicts


def test_scripts_alone_tell_the_same_in_shadow(make: Make) -> None:
    ruleset = make(script=SCRIPT)
    for body in BODIES_SENT:
        alike(ruleset, "odd", body, ANSWERS[1], "shadow")


@pytest.mark.parametrize("on_oversize", ["prefix", "block"])
def test_a_cut_body_is_told(make: Make, on_oversize: str) -> None:
    ruleset = make(own=OWN, inspect_bytes=10, on_oversize=on_oversize)
    for far in (False, True):
        run = Run(ruleset, "plain", "cut", b"fine", far=far)
        run.transaction._seen.content = None
        verdict = run.verb(Phase.REQUEST_BODY, b"note=attac", complete=False)
        assert not verdict.blocked
        assert run.transaction.seen.body_cut


def test_a_spent_budget_comes_back(make: Make) -> None:
    ruleset = make(own=OWN, budget_us=1)
    handover = Handover(ruleset)
    made = build({"method": "POST", "body": "x"})
    transaction = ruleset.transaction(made.request, made.client)
    question = handover.question(transaction, Phase.REQUEST_BODY, complete=True)
    content = b"\n".join(b"a line of text, number %d" % number for number in range(5000))
    verdict = handover.adopt(transaction, Phase.REQUEST_BODY, [content], complete=True, answer=handover.answer(question, content))
    assert verdict.budget_spent
    assert verdict.status == 403
    assert verdict.nanoseconds > 0
    assert verdict == transaction._verdict_now()


def test_masks_dials_and_exclusions_hold_on_the_other_side(tmp_path: Path) -> None:
    (tmp_path / "leaks.yaml").write_text(
        """
- {id: secret, title: x, action: mask, match: {a: {http.response.body|matches: 'sk_\\w+'}},
   tests: {match: [{response: {body: sk_1}}], pass: [{response: {body: x}}]}}
- {id: other, title: x, action: block, match: {a: {http.response.body|contains: other}},
   tests: {match: [{response: {body: other}}], pass: [{response: {body: x}}]}}
"""
    )
    (tmp_path / "more.yaml").write_text(
        "- {id: more, title: x, action: block, match: {a: {http.response.body|contains: more}},"
        " tests: {match: [{response: {body: more}}], pass: [{response: {body: x}}]}}"
    )
    settings = Waf(exclusions=[Exclusion(name="spared", rules=["other"], routes=["quiet"])])
    quiet = Route(name="quiet", waf=RouteWaf(packs={"more": Dial(mode="off")}))
    ruleset = load_rules([tmp_path], settings, routes=[quiet])
    near, there = Handover(ruleset), Handover(ruleset)
    content = b"sk_123 other more"
    for route, expected in (("quiet", (("secret",), False, ("spared",))), ("default", (("secret", "other", "more"), True, ()))):
        made = build({"path": "/"})
        transaction = ruleset.transaction(made.request, made.client, route=route)
        transaction.request_head()
        transaction.response_head(200, Headers([]))
        question = marshal.loads(marshal.dumps(near.question(transaction, Phase.RESPONSE_BODY, complete=True)))
        answer = marshal.loads(marshal.dumps(there.answer(question, content)))
        verdict = near.adopt(transaction, Phase.RESPONSE_BODY, [content], complete=True, answer=answer)
        assert (tuple(match.rule for match in verdict.matches), verdict.blocked, verdict.excluded) == expected
        assert verdict.masks == ((0, 6),)


def test_a_body_is_parsed_here_only_where_it_is_asked_for(make: Make) -> None:
    ruleset = make(script=SCRIPT)
    run = Run(ruleset, "plain", "evil", b"fine", far=True)
    content = run.transaction.seen.content
    assert isinstance(content, Deferred)
    assert content.parsed  # the last rule says what `note` was
    quiet = Run(make(own=OWN), "plain", "evil", b"fine", far=True).transaction.seen.content
    assert isinstance(quiet, Deferred)
    assert not quiet.parsed


def test_what_a_document_costs_comes_back_without_reading_it_again(make: Make) -> None:
    ruleset = make(own=OWN)
    document = b'{"query": "{ a(first: 50) { b { c } } }"}'
    made = build({"path": "/graphql", "body": document.decode(), "content_type": "application/json"})
    near, there = Handover(ruleset), Handover(ruleset)
    transaction = ruleset.transaction(made.request, Client("203.0.113.7", "203.0.113.7"))
    transaction.request_head()
    question = near.question(transaction, Phase.REQUEST_BODY, complete=True)
    answer = marshal.loads(marshal.dumps(there.answer(question, document)))
    near.adopt(transaction, Phase.REQUEST_BODY, (document,), complete=True, answer=answer)
    assert transaction.seen.cost == 101
    assert isinstance(transaction.seen.content, Deferred)
    assert not transaction.seen.content.parsed


def test_what_others_write_meanwhile_stays(make: Make) -> None:
    ruleset = make(script=SCRIPT)
    handover = Handover(ruleset)
    made = build({"form": {"note": "evil"}})
    transaction = ruleset.transaction(made.request, made.client)
    transaction.request_head()
    question = handover.question(transaction, Phase.REQUEST_BODY, complete=True)
    record = ruleset.records.open("IP", made.client.address.encode(), 0.0)
    record.set(b"other", b"1")
    question = marshal.loads(marshal.dumps(question))
    answer = handover.answer(question, made.body)
    assert record.get(b"bad") == b""  # the other process has its own copy
    handover.adopt(transaction, Phase.REQUEST_BODY, [made.body], complete=True, answer=answer)
    assert (record.get(b"other"), record.get(b"bad")) == (b"1", b"1")


@pytest.mark.parametrize(("phase", "covered"), [(1, (True, True)), (2, (False, True)), (4, (True, False))])
def test_rules_that_open_records_are_asked_here(make: Make, phase: int, covered: tuple[bool, bool]) -> None:
    script = f'SecRuleEngine On\nSecAction "id:1,phase:{phase},pass,nolog,initcol:ip=%{{remote_addr}}"\n'
    handover = Handover(make(script=script + 'SecRule IP:A "@eq 1" "id:2,phase:5,pass"'))
    assert tuple(map(handover.covers, BODIES)) == covered
    assert not handover.covers(Phase.REQUEST_HEAD)


@pytest.mark.parametrize(("policy", "blocked"), [("block", True), ("score", False), ("pass", False)])
def test_giving_up_goes_by_the_policy_for_time(make: Make, policy: Any, blocked: bool) -> None:
    ruleset = make(own=OWN, script=SCRIPT, on_budget=policy)
    handover = Handover(ruleset)
    made = build({"form": {"note": "evil"}, "headers": {"X-Odd": "a"}})
    transaction = ruleset.transaction(made.request, made.client)
    transaction.request_head()
    verdict = handover.give_up(transaction, Phase.REQUEST_BODY)
    assert (verdict.blocked, verdict.budget_spent) == (blocked, True)
    if not blocked:
        transaction.response_head(200, Headers())
        assert handover.give_up(transaction, Phase.RESPONSE_BODY).budget_spent
    rules = [match.rule for match in transaction.finish().matches]
    assert rules.count("eg-0001") == 1
    assert "2" in rules  # what the head had is not forgotten


def test_a_response_may_go_where_a_request_stayed(make: Make) -> None:
    ruleset = make(script=SCRIPT)
    kind, content = BODIES_SENT["reveal"]
    for far in (False, True):
        ruleset.records._records.clear()
        run = Run(ruleset, "plain", "nothing", b"fine", far=far)
        made = build({"path": "/", "body": "x", "content_type": kind.decode()})
        run.transaction = ruleset.transaction(made.request, made.client)
        run.transaction.request_head()
        run.transaction.request_body(content)
        run.transaction.response_head(200, Headers())
        verdict = run.verb(Phase.RESPONSE_BODY, b"a leak")
        assert [match.rule for match in verdict.matches] == ["11", "31", "32", "33"]
        assert verdict.status == 502


def test_parts_that_are_new_here_have_a_place_there() -> None:
    """When this fails, a part of the state is new: see whether `handover` must carry it, and then name it here."""
    assert set(Transaction.__slots__) == {
        *("_asking", "_blind", "_budget", "_done", "_exclusions", "_findings", "_finished", "_machine", "_mode", "_observer"),
        *("_plan", "_ruleset", "_seen", "_stance", "_wall", "nanoseconds"),
        "route",
    }
    assert set(Seen.__slots__) == {
        *("body_cut", "body_length", "client", "client_port", "content", "forced_body", "processor", "profile", "request"),
        *("response_body", "response_cut", "response_headers", "response_protocol", "sent", "server_address", "server_port"),
        *("cost", "status"),
        # what is derived from these when it is asked for
        *("cookies", "form_names", "header_names", "json_names", "query", "query_names", "raw_cookie_names", "raw_cookies"),
        *("uri", "xml"),
    }
    plain = {"_environment", "_own", "_room", "engine", "gained", "highest", "noticed", "stopped", "strayed"}
    apart = {
        *("_allowed", "_base", "_made", "_matched", "_observed", "_rule", "_seen", "_store", "_tick", "_wall", "holds"),
        *("facts", "records", "removals"),
    }
    assert set(Machine.__slots__) == plain | apart
    found = Findings()
    assert all(type(getattr(found, name)) in (int, bool, str, bytes, list) for name in Findings.__slots__)
