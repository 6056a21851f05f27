from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from typer.testing import CliRunner

from edgeguard.cli.main import app
from edgeguard.cli.rules_exclusions import described
from edgeguard.config.model import Exclusion, Waf

if TYPE_CHECKING:
    from pathlib import Path

DAY = 86_400.0
NOW = datetime(2026, 11, 25, tzinfo=UTC).timestamp()


def test_each_tells_whether_it_is_needed(tmp_path: Path) -> None:
    uses = {
        "a": [NOW - 100 * DAY, NOW - DAY],
        "b": [NOW - 100 * DAY, 0],
        "c": [NOW - 200 * DAY, NOW - 95 * DAY],
        "d": [NOW - DAY, 0],
    }
    (tmp_path / "exclusions.json").write_text(json.dumps(uses))
    entries = [{"name": name, "rules": ["x"]} for name in "abcde"]
    entries += [{"name": "f", "rules": ["x"], "until": "2026-11-20"}, {"name": "g", "rules": ["x"], "until": "2027-01-31"}]
    settings = Waf(exclusions=[Exclusion.model_validate(entry) for entry in entries])
    assert {each["name"]: each["state"] for each in described(settings, tmp_path, NOW)} == {
        "a": "last needed on 2026-11-24",
        "b": "never needed since 2026-08-17, for 90 days; it can go",
        "c": "not needed for 90 days (last on 2026-08-22); it can go",
        "d": "not needed yet, since 2026-11-24",
        "e": "no edge has served with it yet",
        "f": "ended on 2026-11-20; take it out",
        "g": "no edge has served with it yet; until 2027-01-31",
    }


def run(tmp_path: Path, section: str, *options: str) -> str:
    config = tmp_path / "edge.yaml"
    config.write_text("listeners: [{port: 8080}]\norigin: {url: 'http://127.0.0.1:1'}\nwaf:\n" + section)
    result = CliRunner().invoke(app, ["rules", "exclusions", "-c", str(config), *options])
    assert result.exit_code == 0, result.output
    return result.output


def test_the_command_lists_them(tmp_path: Path) -> None:
    section = (
        "  compiled: 'off'\n  exclusions: [{name: titles, rules: [942100], targets: ['ARGS:title'], reason: code in headlines}]\n"
    )
    shown = run(tmp_path, section)
    assert shown == "titles: no edge has served with it yet\n  942100 of ARGS:title\n  code in headlines\n"
    [told] = json.loads(run(tmp_path, section, "--json"))
    assert (told["name"], told["rules"], told["unused"]) == ("titles", [942100], False)


def test_without_any(tmp_path: Path) -> None:
    assert run(tmp_path, "  compiled: 'off'\n") == "there are no exclusions in waf.exclusions\n"
