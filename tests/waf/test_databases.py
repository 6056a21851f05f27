from __future__ import annotations

import os
from pathlib import Path

import pytest

from edgeguard.waf import databases as under_test
from edgeguard.waf.databases import Databases, default_folder


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "databases"


def test_what_is_put_is_there_at_the_next_start(folder: Path) -> None:
    Databases(folder).put(b"key", b"body")
    assert Databases(folder).get(b"key") == b"body"
    assert Databases(folder).get(b"another") is None


def test_it_belongs_to_its_user_alone(folder: Path) -> None:
    Databases(folder).put(b"key", b"body")
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o770, 0o702])
def test_a_folder_that_others_can_write_is_not_used(folder: Path, mode: int) -> None:
    Databases(folder).put(b"key", b"body")
    folder.chmod(mode)
    shared = Databases(folder)
    assert shared.get(b"key") is None
    shared.put(b"more", b"body")
    assert len(list(folder.iterdir())) == 1


def test_a_folder_of_somebody_else_is_not_used(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Databases(folder).put(b"key", b"body")
    someone = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: someone)
    assert Databases(folder).get(b"key") is None


@pytest.mark.parametrize("where", [None, "file"])
def test_without_a_folder_nothing_is_kept(tmp_path: Path, where: str | None) -> None:
    (tmp_path / "file").write_text("")
    nowhere = Databases(None if where is None else tmp_path / where)
    nowhere.put(b"key", b"body")
    assert nowhere.get(b"key") is None


@pytest.mark.parametrize(
    "damage", [lambda text: text[:-1], lambda text: text[:-1] + b"!", lambda text: text[:0], lambda text: b"x" + text]
)
def test_what_is_damaged_is_not_there(folder: Path, damage: object) -> None:
    Databases(folder).put(b"key", b"body")
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert Databases(folder).get(b"key") is None


def test_another_version_of_hyperscan_finds_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Databases(folder).put(b"key", b"body")
    monkeypatch.setattr(under_test, "_VERSION", "0.0.0")
    assert Databases(folder).get(b"key") is None


def test_the_files_that_were_not_read_for_the_longest_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(under_test, "_MOST", 2)
    kept = Databases(folder)
    for key in (b"a", b"b"):
        kept.put(key, key)
    for file in folder.iterdir():
        os.utime(file, (1, 1))
    assert kept.get(b"a") == b"a"
    kept.put(b"c", b"c")
    assert [kept.get(key) for key in (b"a", b"b", b"c")] == [b"a", None, b"c"]


def test_a_disk_that_is_full_keeps_nothing_and_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = Databases(folder)

    def full(*_: object) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", full)
    kept.put(b"key", b"body")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"CACHE_DIRECTORY": "/var/cache/edgeguard:/other"}, "/var/cache/edgeguard/databases"),
        ({"XDG_CACHE_HOME": "/home/a/cache"}, "/home/a/cache/edgeguard/databases"),
        ({"HOME": "/home/a"}, "/home/a/.cache/edgeguard/databases"),
    ],
)
def test_the_usual_folder(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], expected: str) -> None:
    for name in ("CACHE_DIRECTORY", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert str(default_folder()) == expected
