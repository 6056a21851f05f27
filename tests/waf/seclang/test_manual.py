from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
import yaml

import edgeguard.waf
from edgeguard.config.model import Crs, Waf
from edgeguard.message import Client, Headers, Request
from edgeguard.waf.actions.ctl import Control, Remove, ctl
from edgeguard.waf.faults import Refused
from edgeguard.waf.operators.seclang.registry import LEFT_OUT, SECLANG_OPERATORS
from edgeguard.waf.seclang.directives import DIRECTIVES
from edgeguard.waf.seclang.known_actions import KNOWN
from edgeguard.waf.seclang.machine import Machine
from edgeguard.waf.seclang.manual import EMPTY, IDLE, OPTIONS, markdown
from edgeguard.waf.seclang.observed import Observed
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seclang.syntax import Configuration
from edgeguard.waf.seen import Seen
from edgeguard.waf.targets.seclang.registry import VARIABLES
from edgeguard.waf.transformations.registry import SECLANG

PAGE = Path(__file__).parents[3] / "docs" / "seclang.md"
SOURCES = Path(edgeguard.waf.__file__).parent
WRITERS = {SOURCES / "seclang" / name for name in ("syntax.py", "settings.py", "directives.py", "manual.py")}


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    section = markdown().partition(f"\n## {title}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("| ")]
    return [line.strip("| ").replace("\\|", "/").split(" | ") for line in lines if not line.startswith("| ---")][1:]


def names(title: str) -> set[str]:
    """What stands in the first column, in lower case."""
    return {name.strip().lower() for row in rows(title) for name in row[0].strip("`").split(",")}


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run `python -m edgeguard.waf.seclang.manual > docs/seclang.md`"


def test_all_that_a_script_can_name_is_there() -> None:
    directives = {
        name.split()[0]
        for title in markdown().split("\n## ")
        if title.startswith("Directives")
        for name in names(title.partition("\n")[0])
    }
    assert directives == DIRECTIVES.keys()
    assert {name.rstrip(":") for name in names("Variables") | names("Variables without a value")} == {
        v.lower() for v in VARIABLES
    }
    assert {name.lstrip("@") for name in names("Operators that are not here")} == LEFT_OUT.keys()
    assert names("Transformations") == SECLANG.keys()
    assert names("Actions") == KNOWN.keys()
    headings = [line.removeprefix("### ") for line in markdown().splitlines() if line.startswith("### ")]
    written = {name.strip().lower() for heading in headings for name in heading.split(",")}
    assert {name.lstrip("@") for name in written if name.startswith("@")} == SECLANG_OPERATORS.keys()
    runs = {each.name.lower() for each in KNOWN.values() if each.sort == "run"}
    assert {name for name in written if not name.startswith("@")} == runs - {"xmlns"}


def test_each_block_tells_the_same_of_its_thing() -> None:
    blocks = markdown().split("\n### ")[1:]
    assert len(blocks) > 30
    for block in blocks:
        name, says, *lines = (line for line in block.partition("\n## ")[0].splitlines() if line)
        assert len(says) > 10, name
        heads = [line.partition(": ")[0].rstrip("s") for line in lines if line.startswith("- ")]
        assert heads == ["- Argument", "- Result", "- Example"], name


def test_settings_that_are_said_to_do_nothing_are_read_by_nothing() -> None:
    text = "\n".join(file.read_text("utf-8") for file in SOURCES.rglob("*.py") if file not in WRITERS)
    idle = {field for field, _ in IDLE.values()}
    for field in fields(Configuration):
        assert (f".{field.name}" in text) is (field.name not in idle), f"{field.name}: mend IDLE in the manual"
    assert all(DIRECTIVES[name.lower()].effect == "setting" for name in IDLE)


def test_variables_that_are_said_to_be_empty_are() -> None:
    seen = Seen(Request(b"GET", b"/", b"/", None, b"http", b"cms.example", Headers()), Client("192.0.2.1", "192.0.2.1"))
    machine = Machine(seen, Observed(), None, lambda: 1.0e9, lambda: None)
    known = {kind.name for kind in VARIABLES.values() if kind.dynamic and machine.supply(kind, None)}
    assert known.isdisjoint(EMPTY), "mend EMPTY in the manual"
    assert {"TIME", "TIME_EPOCH", "HIGHEST_SEVERITY"} <= known


def test_options_of_ctl_do_what_is_said_of_them() -> None:
    machine = (SOURCES / "seclang" / "machine.py").read_text("utf-8")
    for together, says in OPTIONS.items():
        for option in together.split(", "):
            value = {"requestBodyProcessor": "JSON"}.get(option, "1" if "Remove" in option else "On")
            effect = ctl(f"{option}={value};ARGS:id" if "Target" in option else f"{option}={value}")
            works = isinstance(effect, Remove) or (isinstance(effect, Control) and f'"{option.lower()}"' in machine)
            assert works is not says.startswith("no effect"), f"{option}: mend OPTIONS in the manual"
    with pytest.raises(Refused) as unknown:
        ctl("zz=1")
    known = str(unknown.value).partition("known: ")[2].split(", ")
    assert set(known) == {option.lower() for together in OPTIONS for option in together.split(", ")}


def test_the_examples_load(tmp_path: Path) -> None:
    opening = markdown().partition("\n## Directives")[0]
    blocks = [block.partition("\n```")[0] for block in opening.split("```yaml\n")[1:]]
    assert len(blocks) == 4
    for block in blocks:
        loaded = Waf.model_validate(yaml.safe_load(block)["waf"])
        assert loaded.crs is None or isinstance(loaded.crs, Crs)
    script = next(block for block in opening.split("\n```\n") if block.startswith("SecRule"))
    program = read_seclang_text(script, folder=tmp_path)
    assert [str(note) for note in program.notes if "no rule is met" not in note.text] == []
