from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from edgeguard.observe.log import configure, get_logger
from edgeguard.observe.sink import Sink

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    yield
    root.handlers, _ = handlers, root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def raise_it(message: str) -> None:
    raise ValueError(message)


def test_json_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    get_logger("server").info("reload done", rules=12)
    (line,) = lines(capsys)
    assert line.pop("ts").endswith("Z")
    assert line == {"level": "info", "event": "reload done", "room": "server", "rules": 12}


def test_for_people_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("NO_COLOR", "1")
    configure("info")
    get_logger("server").warning("reload failed", why="line 3\x1b[2J", password="hunter2")
    told = capsys.readouterr().err
    assert "reload failed" in told
    assert "hunter2" not in told
    assert "\x1b" not in told
    assert not told.startswith("{")


def test_what_is_below_the_level_is_not_told(capsys: pytest.CaptureFixture[str]) -> None:
    configure("warning")
    get_logger("server").info("nothing")
    get_logger("server").warning("something")
    assert [line["event"] for line in lines(capsys)] == ["something"]


def test_secrets_are_masked_wherever_they_stand(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    get_logger("limits").error(
        "cannot reach redis://:hunter2@redis/0",
        url=b"rediss://u:hunter2@redis/0",
        token="hunter2",
        headers={"Authorization": "hunter2", "accept": "*/*"},
        tried=["redis://:hunter2@a", ("redis://:hunter2@b",)],
    )
    (line,) = lines(capsys)
    assert "hunter2" not in json.dumps(line)
    assert line["headers"] == {"Authorization": "***", "accept": "*/*"}


def test_a_traceback_is_told_with_its_end_and_without_secrets(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    try:
        raise_it("x" * 5000 + " password=hunter2 at the end")
    except ValueError:
        get_logger("server").exception("broken")
    (line,) = lines(capsys)
    assert "hunter2" not in line["exception"]
    assert line["exception"].endswith("at the end")


def test_libraries_speak_through_the_same_log(capsys: pytest.CaptureFixture[str]) -> None:
    configure("info")
    logging.getLogger("asyncio").error("Task exception was never retrieved: %s", "token=hunter2\nforged")
    logging.getLogger("asyncio").info("chatter")
    (line,) = lines(capsys)
    assert line["room"] == "asyncio"
    assert line["event"] == "Task exception was never retrieved: token=***\\nforged"


def test_a_worker_logs_into_a_sink(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sink = Sink(str(tmp_path / "log"), 10)
    configure("info", sink)
    get_logger("server").info("ready")
    sink.close()
    assert json.loads((tmp_path / "log").read_text())["event"] == "ready"
    assert capsys.readouterr().err == ""
