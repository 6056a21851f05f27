from __future__ import annotations

import errno
import io
import os

import pytest

from edgeguard.cli.terminal import TRACE, explain, output, say_fault


class _Faulty(Exception):
    faults = ("a.yaml:3: unknown key 'orgin'; did you mean 'origin'?", "a.yaml:9: no number")


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(TRACE, raising=False)


def test_each_fault_has_a_line() -> None:
    assert explain(_Faulty()) == list(_Faulty.faults)


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (OSError(errno.EADDRINUSE, "Address already in use"), "something listens there already; stop it, or choose another port"),
        (OSError(errno.EROFS, "Read-only file system", "/x"), "/x: the file system is read-only"),
        (FileNotFoundError(errno.ENOENT, "No such file", "/x"), "/x: there is no such file"),
        (OSError(errno.EIO, "Input/output error", "/x"), "/x: Input/output error"),
        (FileNotFoundError("this installation lacks its rules"), "this installation lacks its rules"),
        (KeyError(), "KeyError"),
    ],
)
def test_other_errors_are_one_line(error: Exception, line: str) -> None:
    lines = explain(error)
    assert len(lines) == 1
    assert lines[0].startswith("edgeguard: ")
    assert line in lines[0]


def test_a_traceback_is_shown_only_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(TRACE, "1")
    with pytest.raises(ValueError, match="deep") as caught:
        int("deep")
    text = "".join(explain(caught.value))
    assert "Traceback" in text
    assert 'int("deep")' in text


def test_text_is_shown_as_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    long = "[red]not markup[/red] " + "x" * 300
    say_fault(long)
    assert capsys.readouterr().err == f"{long}\n"


def test_colours_only_where_a_terminal_wants_them(monkeypatch: pytest.MonkeyPatch) -> None:
    def printed(*, no_color: bool = False, terminal: bool = True) -> str:
        screen = output(no_color=no_color)
        screen.file = io.StringIO()
        screen._force_terminal = terminal
        screen._color_system = screen._detect_color_system() if terminal else None
        screen.print("[green]OK[/green]")
        return screen.file.getvalue()

    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert "\x1b[32m" in printed()
    assert printed(terminal=False) == "OK\n"
    assert "\x1b[32m" not in printed(no_color=True)
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[32m" not in printed()


def test_every_hint_is_for_an_error_that_exists() -> None:
    from edgeguard.cli.terminal import _HINTS  # noqa: PLC0415 - only this test looks inside

    assert all(os.strerror(number) for number in _HINTS)
