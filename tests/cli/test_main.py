from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from edgeguard import __version__
from edgeguard.cli import main as module

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_version(run: Run) -> None:
    result = run("--version")
    assert (result.returncode, result.stdout, result.stderr) == (0, f"edgeguard {__version__}\n", "")


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_command(run: Run, flag: str) -> None:
    result = run(flag)
    assert result.returncode == 0
    assert all(name in result.stdout for name in ("demo", "check", "serve", "token", "edgeguard check -c edgeguard.yaml"))


@pytest.mark.parametrize("command", ["demo", "check", "serve", "token"])
def test_the_help_of_a_command_has_an_example(run: Run, command: str) -> None:
    result = run(command, "--help")
    assert result.returncode == 0
    assert "Example:" in result.stdout
    assert f"edgeguard {command}" in result.stdout
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize("arguments", [["nonsense"], ["check"], ["demo", "--port", "0"], ["demo", "--port", "many"], ["--wrong"]])
def test_wrong_usage_is_2_and_told_on_stderr(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr
    assert "Usage" in result.stderr


@pytest.mark.parametrize(("error", "code"), [(RuntimeError("broken inside"), 1), (KeyboardInterrupt(), 130)])
def test_nobody_is_met_by_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], error: BaseException, code: int
) -> None:
    def broken() -> None:
        raise error

    monkeypatch.setattr(module, "app", broken)
    monkeypatch.setattr(sys, "argv", ["edgeguard"])
    with pytest.raises(SystemExit) as ended:
        module.main()
    assert ended.value.code == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "Traceback" not in printed.err
    assert ("broken inside" in printed.err) == (code == 1)
