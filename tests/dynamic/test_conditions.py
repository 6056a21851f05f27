from __future__ import annotations

import pytest

from edgeguard.config.yaml_items import read_items
from edgeguard.dynamic.conditions import KEYS, read_condition
from edgeguard.dynamic.model import Event


def read(text: str, *, by_address: bool = False):
    faults: list[tuple[int, str]] = []
    condition = read_condition(read_items(text, "t").value, lambda *fault: faults.append(fault), by_address=by_address)
    return condition, faults


@pytest.mark.parametrize(
    ("text", "fits", "does_not"),
    [
        ("{method: [POST, PUT]}", {"method": "PUT"}, {"method": "GET"}),
        ("{path: /login}", {"path": "/login/x"}, {"path": "/loginx"}),
        ("{path: '/api/*/login'}", {"path": "/api/v1/login"}, {"path": "/api/login"}),
        ("{path: '/api/**'}", {"path": "/api"}, {"path": "/apix"}),
        ("{host: a.example}", {"host": "a.example"}, {"host": "b.example"}),
        ("{route: api}", {"route": "api"}, {"route": "default"}),
        ("{verdict: blocked}", {"verdict": "blocked"}, {"verdict": "pass"}),
        ("{reason: rule}", {"reason": "rule"}, {"reason": ""}),
        ("{rule: eg-1}", {"rules": ["eg-0", "eg-1"]}, {"rules": ["eg-2"]}),
        ("{tag: ['scanner/*', x]}", {"tags": ["scanner/a"]}, {"tags": ["xy"]}),
        ("{cache: miss}", {"cache": "miss"}, {"cache": "hit"}),
        ("{account: none}", {"account": ""}, {"account": "ann"}),
        ("{account: unverified}", {"account": "ann"}, {"account": "ann", "verified": True}),
        ("{account: verified}", {"verified": True}, {"account": "ann"}),
        ("{login: true}", {"login": "x"}, {"login": ""}),
        ("{origin_seconds: 0.5}", {"origin_seconds": 0.5}, {"origin_seconds": 0.4}),
        ("{cost: 10}", {"cost": 10}, {"cost": 9}),
        ("{method: POST, path: /a}", {"method": "POST", "path": "/a"}, {"method": "POST", "path": "/b"}),
    ],
)
def test_each_key(text, fits, does_not) -> None:
    condition, faults = read(text)
    assert not faults
    assert condition.fits(Event("203.0.113.5", **fits))
    assert not condition.fits(Event("203.0.113.5", **does_not))


def test_statuses_and_classes() -> None:
    condition, _ = read("{status: [404, 5xx]}")
    assert condition.statuses == {404, *range(500, 600)}
    assert read("{}")[0].statuses is None


def test_by_address_those_who_are_proven_do_not_count() -> None:
    proven = Event("203.0.113.5", account="ann", verified=True)
    assert not read("{status: 404}", by_address=True)[0].fits(proven)
    assert read("{status: 404, account: any}", by_address=True)[0].fits(proven)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("{statsu: 404}", "did you mean 'status'"),
        ("{status: 4x}", "is no status"),
        ("{status: 600}", "is no status"),
        ("{path: login}", "login"),
        ("{verdict: bloked}", "did you mean 'blocked'"),
        ("{cache: hits}", "did you mean 'hit'"),
        ("{account: nobody}", "unknown account"),
        ("{login: maybe}", "login is true"),
        ("{cost: many}", "cost is a number"),
        ("{method: {a: b}}", "a text, or a list"),
        ("{method: []}", "a text, or a list"),
    ],
)
def test_faults_have_their_line(text, told) -> None:
    _, faults = read("\n" + text)
    ((line, words),) = faults
    assert line == 2
    assert told in words


def test_a_glance_never_passes_over_what_fits() -> None:
    full = {
        "rule": "eg-1",
        "tag": "x",
        "login": "true",
        "cost": "5",
        "origin_seconds": "1",
        "verdict": "blocked",
        "cache": "miss",
    }
    event = Event("203.0.113.5", rules=["eg-1"], tags=["x"], login="l", cost=5, origin_seconds=1, verdict="blocked", cache="miss")
    for key, value in full.items():
        condition, faults = read(f"{{{key}: {value}}}")
        assert not faults
        assert condition.fits(event)
        glance = condition.glance
        seen = [glance.always, glance.matched, glance.unusual, glance.login, "miss" in glance.caches]
        assert any(seen) or event.origin_seconds >= glance.origin_seconds or event.cost >= glance.cost, key
    assert set(full) <= set(KEYS)
