from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.conformance.cases import Outcome
from edgeguard.conformance.through_edge import Logs

if TYPE_CHECKING:
    from pathlib import Path

MATCH = {"rule": "8", "title": "A title", "target": "ARGS:a", "value": "x"}


@pytest.fixture
def logs(tmp_path: Path) -> Logs:
    access, events = tmp_path / "access", tmp_path / "events"
    access.write_text(f"{json.dumps({'id': 'one', 'rules': ['7', '8'], 'match_count': 9})}\n{json.dumps({'id': 'two'})}\n")
    events.write_text(f"{json.dumps({'id': 'one', 'matches': [MATCH]})}\n{json.dumps({'event': 'limits'})}\n")
    return Logs(access, events)


def answered(ident: str) -> Outcome:
    return Outcome(status=200, response=f"HTTP/1.1 200 OK\r\nX-Request-Id: {ident}\r\n\r\nbody".encode())


def test_what_the_logs_say_is_found_by_the_answers_id(logs: Logs) -> None:
    outcome = logs.complete(answered("one"))
    assert (outcome.status, outcome.ids) == (200, ("7", "8"))
    assert outcome.untold == 7
    whole, bare = outcome.lines
    assert '[id "8"] [msg "A title"] [data "x"]' in whole
    assert bare.endswith('[id "7"]')


@pytest.mark.parametrize("outcome", [answered("two"), answered("three"), answered(""), Outcome(error="none came")])
def test_where_nothing_matched_there_is_nothing(logs: Logs, outcome: Outcome) -> None:
    assert (logs.complete(outcome).ids, logs.complete(outcome).lines) == ((), ())


def test_logs_that_were_never_begun_are_empty(tmp_path: Path) -> None:
    assert Logs(tmp_path / "a", tmp_path / "b").complete(answered("one")).ids == ()
