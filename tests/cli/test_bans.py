from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.cli.main import app
from edgeguard.dynamic.book import Book
from edgeguard.dynamic.model import Sanction, Subject

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Run


@pytest.fixture
def edge(config: Path, tmp_path: Path) -> Path:
    """A configuration whose book is a file, as if its edge ran."""
    book = tmp_path / "book"
    config.write_text(config.read_text() + f"\ndynamic: {{book: {book}}}\n")
    Book(book, 100).close()
    return config


def test_hold_show_and_let_go(run: Run, edge: Path) -> None:
    done = run("bans", "add", "203.0.113.9", "-c", edge, "--for", "2h", "--reason", "floods", "--by", "ann")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("ban of address 203.0.113.9 until 20")
    told = json.loads(run("bans", "list", "-c", edge, "--json").stdout)
    assert (told["act"], told["rule"], told["by"], told["reason"]) == ("ban", "by-hand", "ann", "floods")
    assert 7100 < told["seconds_left"] <= 7200
    shown = run("bans", "list", "-c", edge).stdout
    assert "address 203.0.113.9" in shown
    assert "floods" in shown
    assert run("bans", "remove", "203.0.113.9", "-c", edge).returncode == 0
    assert run("bans", "list", "-c", edge).stdout == "nobody is held\n"


def test_what_rules_have_begun_is_shown_and_let_go(run: Run, edge: Path, tmp_path: Path) -> None:
    now = time.time()
    begun = Sanction(
        Subject("network", "2001:db8::/64"), "tighten", "dyn-x", now, now + 60, now + 90, 2, now, requests=5, seconds=60
    )
    Book(tmp_path / "book").put([begun], now)
    shown = run("bans", "list", "-c", edge).stdout
    assert "tighten 5/1m" in shown
    assert "dyn-x x2" in shown
    assert run("bans", "remove", "2001:db8::/64", "-c", edge).returncode == 0
    (lifted,) = Book(tmp_path / "book").all()
    assert (lifted.until, lifted.count) == (lifted.began, 0)


@pytest.mark.parametrize(
    ("who", "kind", "value"),
    [
        ("account:ann", "account", "ann"),
        ("203.0.113.5/24", "network", "203.0.113.0/24"),
        ("2001:DB8::1", "address", "2001:db8::1"),
    ],
)
def test_whom(run: Run, edge: Path, tmp_path: Path, who: str, kind: str, value: str) -> None:
    assert run("bans", "add", who, "-c", edge, "--action", "challenge").returncode == 0
    (one,) = Book(tmp_path / "book").all()
    assert (one.subject, one.act) == (Subject(kind, value), "challenge")  # type: ignore[arg-type]  # as above


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", "nobody"], "'nobody' is no address, no network, and no account:NAME"),
        (["add", "203.0.113.5", "--for", "soon"], "--for: a time from 1s to 366d"),
        (["add", "203.0.113.5", "--action", "hug"], "there are ban and challenge"),
        (["remove", "203.0.113.5"], "address 203.0.113.5 is not held"),
    ],
)
def test_what_can_not_be_done(run: Run, edge: Path, arguments: list[str], told: str) -> None:
    result = run("bans", *arguments, "-c", edge)
    assert result.returncode == 1
    assert told in result.stderr
    assert "Traceback" not in result.stderr


def test_where_no_edge_runs(run: Run, config: Path, tmp_path: Path) -> None:
    config.write_text(config.read_text() + f"\ndynamic: {{book: {tmp_path / 'gone'}}}\n")
    result = run("bans", "list", "-c", config)
    assert result.returncode == 1
    assert "is not there; does the edge run" in result.stderr


def test_a_folder_can_be_named(run: Run, config: Path, tmp_path: Path) -> None:
    Book(tmp_path / "sanctions", 100).close()
    assert run("bans", "list", "-c", config, "--runtime", tmp_path).stdout == "nobody is held\n"


def test_where_nobody_is_ever_held(run: Run, config: Path) -> None:
    config.write_text(config.read_text() + "\ndynamic: {mode: 'off'}\n")
    assert "dynamic.mode is off" in run("bans", "list", "-c", config).stderr


def test_it_is_a_command() -> None:
    assert "bans" in {group.name for group in app.registered_groups}
