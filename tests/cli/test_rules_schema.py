from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edgeguard.waf.schema import rule_schema

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]


def test_the_schema_is_printed(run: Run) -> None:
    assert json.loads(run("rules", "schema").stdout) == rule_schema()


def test_or_written_and_said_how_an_editor_finds_it(run: Run, tmp_path: Path) -> None:
    result = run("rules", "schema", "--write", "my.schema.json")
    assert result.stdout.splitlines()[-1] == "# yaml-language-server: $schema=my.schema.json"
    assert json.loads((tmp_path / "my.schema.json").read_text()) == rule_schema()
