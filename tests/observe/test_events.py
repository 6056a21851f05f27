from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from edgeguard.observe.events import access_logger, event_logger
from edgeguard.observe.sink import Sink

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.observe.entry import Entry


@pytest.fixture
def sink(tmp_path: Path) -> Sink:
    return Sink(str(tmp_path / "log"), 10)


def test_every_exchange_is_one_access_line(sink: Sink, entry: Entry, tmp_path: Path) -> None:
    logger = access_logger(sink)
    logger.exchange(entry)
    entry.request_id = "02HF"
    logger.exchange(entry)
    sink.close()
    assert [json.loads(line)["id"] for line in (tmp_path / "log").read_text().splitlines()] == ["01HF", "02HF"]


def test_only_what_concerns_security_is_an_event(sink: Sink, entry: Entry, tmp_path: Path) -> None:
    logger = event_logger(sink, 8, "7-abc")
    logger.exchange(entry)
    entry.verdict = "blocked"
    logger.exchange(entry)
    sink.close()
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert line.startswith('{"event":"request_blocked",')
    assert json.loads(line)["id"] == "01HF"
    assert json.loads(line)["ruleset"] == "7-abc"
