from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config import load_config
from edgeguard.config.model import Waf
from edgeguard.observe.samples.recorded import Answered
from edgeguard.replay.side import Clock

if TYPE_CHECKING:
    from edgeguard.message import Client

CONFIG = """\
listeners: [{port: 0}]
origin: {url: "http://127.0.0.1:1"}
identity: {key: a key for tests, accounts: [{header: x-account, untrusted: true}]}
waf: {rules: [rules.yaml], mode: MODE}
routes:
  - {name: watched, paths: [/watched], waf: shadow}
  - {name: free, paths: [/free], waf: off}
"""


@pytest.fixture
def config(tmp_path, rule):
    def loading(mode: str = "enforce") -> Any:
        (tmp_path / "rules.yaml").write_text(rule("t-1", "marzipan"))
        (tmp_path / "edgeguard.yaml").write_text(CONFIG.replace("MODE", mode))
        return load_config(tmp_path / "edgeguard.yaml")

    return loading


def test_a_request_is_judged_with_all_that_held(side, rule, recorded) -> None:
    one = side(rule("t-1", "marzipan", "medium"), rule("t-2", "nougat", "medium"), rule("t-3", "toffee", "low", "shadow"))
    judged = one.judge(recorded(b"/?q=marzipan+nougat+toffee"))
    assert (judged.outcome, judged.status, judged.score) == ("blocked", 403, 6)
    assert [(held.rule, held.score, held.blocks) for held in judged.held] == [
        ("t-1", 3, True),
        ("t-2", 3, True),
        ("t-3", 2, False),
    ]
    assert one.judge(recorded(b"/?q=marzipan")).outcome == "pass"
    assert one.judge(recorded(b"/")).held == ()


def test_bodies_are_seen_as_far_as_they_are_here(side, rule, recorded) -> None:
    one = side(rule("t-1", "marzipan"), settings=Waf(compiled="off", inspect_bytes=64))
    assert one.judge(recorded(b"/", b'{"a":"marzipan"}')).outcome == "blocked"
    assert one.judge(recorded(b"/", b'{"a":"marzipan', complete=False)).outcome == "blocked"
    late = b'{"a":"' + b"x" * 64 + b'marzipan"}'
    assert one.judge(recorded(b"/", late)).outcome == "pass"
    refusing = side(rule("t-1", "marzipan"), settings=Waf(compiled="off", inspect_bytes=64, on_oversize="block"))
    assert refusing.judge(recorded(b"/", late)).outcome == "refused"


def test_what_is_no_request_for_the_edge_is_refused(side, rule, recorded) -> None:
    judged = side(rule("t-1", "marzipan")).judge(recorded(b"/", b"", (b"host", b"another")))
    assert (judged.outcome, judged.status) == ("refused", 400)
    assert judged.held[0].rule.startswith("refused:")


def test_routes_and_modes_are_those_of_the_configuration(side, rule, recorded, config) -> None:
    one = side(rule("t-1", "marzipan"), config=config())
    assert one.judge(recorded(b"/?q=marzipan")).outcome == "blocked"
    assert one.judge(recorded(b"/watched?q=marzipan")).outcome == "shadow"
    assert one.judge(recorded(b"/free?q=marzipan")).outcome == "pass"
    settings = Waf(compiled="off", mode="shadow")
    assert (
        side(rule("t-1", "marzipan"), config=config("shadow"), settings=settings).judge(recorded(b"/?q=marzipan")).outcome
        == "shadow"
    )
    enforced = side(rule("t-1", "marzipan"), config=config(), as_enforced=True)
    assert enforced.judge(recorded(b"/watched?q=marzipan")).outcome == "blocked"


def test_accounts_are_as_recorded_else_as_configured(side, rule, recorded, config) -> None:
    seen: list[Client] = []
    one = side(rule("t-1", "marzipan"), config=config())
    whole = one._inspected
    one._inspected = lambda *rest: (seen.append(rest[2]), whole(*rest))[1]
    one.judge(recorded(b"/", b"", (b"x-account", b"acme")))
    one.judge(recorded(b"/", b"", (b"x-account", b"acme"), account="other", account_verified=True, client="203.0.113.9"))
    one.judge(recorded(b"/", b"", (b"x-account", b"masked1"), masked=1))
    assert [client.account.id if client.account else None for client in seen] == ["acme", "other", None]
    assert seen[1].address == "203.0.113.9"
    assert seen[1].authenticated


def test_credentials_that_the_origin_took_may_count(side, rule, recorded) -> None:
    seen: list[Client] = []
    one = side(rule("t-1", "marzipan"), vouching=True)
    one._inspected = lambda *rest: seen.append(rest[2])
    for fields, status in (
        ((b"authorization", b"Bearer x"), 200),
        ((b"authorization", b"Bearer x"), 401),
        ((b"accept", b"x"), 200),
    ):
        one.judge(recorded(b"/", b"", fields, answered=Answered(status)))
    assert [client.authenticated for client in seen] == [True, False, False]


def test_rules_about_responses_see_recorded_ones(side, recorded) -> None:
    one = side(
        "- id: t-9\n  title: A word in an answer\n  severity: critical\n  phase: response_body\n"
        "  match: {word: {http.response.body|contains: marzipan}}\n"
        "  tests: {match: [{path: /, response: {body: marzipan}}], pass: [{path: /, response: {body: x}}]}\n"
    )
    answered = Answered(200, ((b"content-type", b"text/html"),), b"<p>marzipan")
    assert one.judge(recorded(b"/", answered=answered)).outcome == "blocked"
    assert one.judge(recorded(b"/", answered=Answered(200))).outcome == "pass"


def test_the_clock_shows_recorded_time_and_never_goes_back() -> None:
    clock = Clock()
    assert clock.wall() == Clock().wall() > 1_700_000_000  # today, where nothing has a time
    shown = []
    for time in (10.0, 12.0, 11.0, 0.0, 13.0):
        clock.show(time)
        shown.append(clock.wall())
    assert shown == [10, 12, 12, 12, 13]
    assert clock.monotonic() == 13
