from __future__ import annotations

import json
from typing import Any

import pytest

from edgeguard.waf.explain.event import find_event, from_event
from edgeguard.waf.faults import Refused

EVENT: dict[str, Any] = {
    "event": "request_blocked",
    "id": "r1",
    "client": "203.0.113.9",
    "method": "POST",
    "host": "h",
    "path": "/save",
    "query": "q=x&token=***",
    "agent": "A",
    "status": 403,
    "verdict": "blocked",
    "score": 5,
    "match_count": 3,
    "matches": [{"rule": "101", "title": "Evil", "target": "ARGS:body", "value": "evil", "score": 5, "mode": "enforce"}],
}


def test_the_last_event_of_an_id_is_found_among_other_lines() -> None:
    lines = [b"no json r1\n", json.dumps({**EVENT, "score": 1}).encode(), b'{"note": "r1"}', json.dumps(EVENT).encode()]
    assert find_event(lines, "r1") == EVENT
    with pytest.raises(Refused, match="no event has the id r2"):
        find_event(lines, "r2")


def test_the_request_as_far_as_it_goes() -> None:
    given = from_event(EVENT)
    assert given.raw == b"POST /save?q=x&token=*** HTTP/1.1\r\nHost: h\r\nUser-Agent: A\r\nContent-Length: 0\r\n\r\n"
    assert (given.client, given.source) == ("203.0.113.9", "event r1")


def test_what_it_told_then() -> None:
    given = from_event(EVENT)
    assert [(told.rule, told.target, told.score) for told in given.told] == [("101", "ARGS:body", 5)]
    assert given.outcome == "blocked with status 403, score 5"


def test_what_is_missing_is_said() -> None:
    missing = " ".join(from_event(EVENT).missing)
    assert "no body" in missing
    assert "masked" in missing
    assert "2 more rules" in missing
    assert len(from_event({**EVENT, "query": None, "match_count": 1}).missing) == 1
    assert "cut" in " ".join(from_event({**EVENT, "path": "/a..."}).missing)


def test_an_event_without_a_path_was_no_request() -> None:
    with pytest.raises(Refused, match="tells no path"):
        from_event({**EVENT, "path": ""})
