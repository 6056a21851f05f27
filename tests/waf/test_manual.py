from __future__ import annotations

from pathlib import Path

from edgeguard.waf.manual import markdown
from edgeguard.waf.operators.registry import OPERATORS
from edgeguard.waf.targets.registry import KINDS
from edgeguard.waf.transformations.registry import TRANSFORMATIONS

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == markdown(), "run `python -m edgeguard.waf.manual > docs/rules.md`"


def test_whatever_a_rule_can_name_is_there() -> None:
    page = markdown()
    assert all(f"| `{name}`" in page or f"| `{name}[:name]`" in page for name in KINDS)
    blocks = {block.partition("\n")[0]: block for block in page.split("\n### ")[1:]}
    assert {*TRANSFORMATIONS, *OPERATORS} == blocks.keys()
    for name, block in blocks.items():
        says, *lines = (line for line in block.partition("\n## ")[0].splitlines()[1:] if line)
        assert len(says) > 10, name
        heads = [line.partition(": ")[0].rstrip("s") for line in lines if line.startswith("- ")]
        assert heads == ["- Argument", "- Result", "- Example"], name
