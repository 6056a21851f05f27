from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_rule_set import lay_out

from edgeguard.config.model import Crs, Waf
from edgeguard.message import Client
from edgeguard.waf import load_rules
from edgeguard.waf.explain.run import Read, run
from edgeguard.waf.rule_tests import build
from edgeguard.waf.seclang.scripts import read_scripts
from edgeguard.waf.seclang.syntax import SecRule

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

    from edgeguard.waf import Ruleset
    from edgeguard.waf.explain.run import Outcome

    Make = Callable[..., Ruleset]
    Ask = Callable[..., Outcome]
    Written = Callable[..., Ruleset]


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Waf]:
    """Settings for the small rule set, at some paranoia level."""
    tree = lay_out(tmp_path)

    def make(paranoia: int = 1, detection: int | None = None) -> Waf:
        crs = Crs(path=tree, paranoia=paranoia, detection_paranoia=detection)
        return Waf(rules=[str(tmp_path / "own.yaml")], crs=crs, compiled="off")

    return make


@pytest.fixture
def ruleset(settings: Callable[..., Waf]) -> Make:
    """The small rule set, without a gate where nothing else is said."""

    def make(paranoia: int = 1, detection: int | None = None, *, gates: bool = False) -> Ruleset:
        made = settings(paranoia, detection)
        return load_rules(made.rules, made, gates=gates)

    return make


@pytest.fixture
def texts(settings: Callable[..., Waf]) -> dict[int, SecRule]:
    program = read_scripts(settings())
    assert program is not None
    return {item.id: item for item in program.items if isinstance(item, SecRule)}


@pytest.fixture
def request_of() -> Callable[..., Read]:
    """A request described as rules' tests describe it."""

    def make(**description: Any) -> Read:
        sample = build(description)
        return Read(sample.request, sample.body, complete=True, client=Client("192.0.2.1", "192.0.2.1"))

    return make


@pytest.fixture
def ask(ruleset: Make, texts: dict[int, SecRule], request_of: Callable[..., Read]) -> Ask:
    """What comes of a request."""

    def send(paranoia: int = 1, detection: int | None = None, *, stops: bool = False, **description: Any) -> Outcome:
        return run(ruleset(paranoia, detection), request_of(**description), texts, stops=stops)

    return send


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """The rules of a script of one's own, and of YAML."""

    def make(script: str = "", yaml: str = "") -> Ruleset:
        (tmp_path / "my.conf").write_text(script)
        (tmp_path / "my.yaml").write_text(yaml)
        rules = [str(tmp_path / "my.yaml")] if yaml else []
        return load_rules(rules, Waf(rules=rules, seclang=[str(tmp_path / "my.conf")], compiled="off"), gates=False)

    return make
