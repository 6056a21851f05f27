from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from edgeguard.replay import capture
from edgeguard.replay.capture import ADDON, CONVERTER, ENVIRONMENT, interpreter, lines
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from pathlib import Path


def python(folder: Path) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "python").symlink_to(sys.executable)
    return folder


def test_the_environment_is_named_else_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv(ENVIRONMENT, raising=False)
    with pytest.raises(Refused, match="scripts/mitmproxy"):
        interpreter()
    python(tmp_path / ".venv-mitmproxy")
    assert interpreter().parent.parent.name == ".venv-mitmproxy"
    monkeypatch.setenv(ENVIRONMENT, str(python(tmp_path / "other")))
    assert interpreter() == tmp_path / "other" / "bin" / "python"
    named = python(tmp_path / "named")
    assert interpreter(named) == interpreter(named / "bin" / "python") == named / "bin" / "python"
    with pytest.raises(Refused, match="nowhere"):
        interpreter(tmp_path / "nowhere")


def test_the_scripts_are_there() -> None:
    assert CONVERTER.is_file()
    assert ADDON.is_file()


@pytest.fixture
def converter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def writing(text: str) -> None:
        script = tmp_path / "script.py"
        script.write_text(text)
        monkeypatch.setattr(capture, "CONVERTER", script)
        monkeypatch.setenv(ENVIRONMENT, str(python(tmp_path / "env")))

    return writing


def test_what_the_script_writes_is_read_line_by_line(tmp_path: Path, converter) -> None:
    (tmp_path / "a.flow").write_bytes(b"one\ntwo\n")
    converter("import sys; print(open(sys.argv[1]).read(), end='')")
    assert list(lines(tmp_path / "a.flow")) == [b"one\n", b"two\n"]


def test_what_it_can_t_read_is_told(tmp_path: Path, converter) -> None:
    (tmp_path / "a.flow").write_bytes(b"")
    converter("import sys; print('one'); sys.exit('not a flow file')")
    found = lines(tmp_path / "a.flow")
    assert next(found) == b"one\n"
    with pytest.raises(Refused, match="not a flow file"):
        next(found)


def test_who_stops_early_leaves_no_process(tmp_path: Path, converter) -> None:
    (tmp_path / "a.flow").write_bytes(b"")
    converter("while True: print('x' * 1000)")
    found = lines(tmp_path / "a.flow")
    next(found)
    found.close()


def test_a_file_that_is_not_there_is_told_as_any_other(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        next(lines(tmp_path / "gone.flow"))
