from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Run = Callable[..., subprocess.CompletedProcess[str]]

RULE = "- {id: t-1, title: A word, status: test, match: {a: {http.request.path: /x}}}\n"


def test_two_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(RULE)
    (tmp_path / "new.yaml").write_text(RULE.replace("/x", "/y"))
    result = run("rules", "diff", "old.yaml", "new.yaml")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        "~ t-1  A word  (new.yaml:1)",
        "    - match.a.http.request.path: /x",
        "    + match.a.http.request.path: /y",
        "1 changed",
    ]
    assert run("rules", "diff", "old.yaml", "new.yaml", "--exit-code").returncode == 1
    (told,) = json.loads(run("rules", "diff", "old.yaml", "new.yaml", "--json").stdout)
    assert told["parts"] == [{"part": "match.a.http.request.path", "before": "/x", "after": "/y"}]


def test_what_can_t_be_compared_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "old.yaml").write_text(RULE)
    (tmp_path / "bad.yaml").write_text("- id: t-1\n")
    result = run("rules", "diff", "old.yaml", "bad.yaml")
    assert result.returncode == 1
    assert "bad.yaml:1: the key 'title' is missing" in result.stderr
    assert run("rules", "diff", "7").returncode == 2
    assert run("rules", "diff", "old.yaml", "old.yaml").returncode == 2
