from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_group_lists_its_commands(run: Run) -> None:
    result = run("rules", "-h")
    assert result.returncode == 0
    assert {"explain", "list", "show", "lint", "cost"} <= set(result.stdout.split())


def test_rules_must_be_named(run: Run) -> None:
    for command in (("list",), ("show", "1"), ("lint",), ("cost",), ("explain", "x")):
        result = run("rules", *command)
        assert result.returncode == 2, command
        assert "say which rules" in result.stderr
