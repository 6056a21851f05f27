from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import Waf
from edgeguard.waf import RulesError, load_rules, proofs, rule_tests
from edgeguard.waf.databases import Databases
from edgeguard.waf.proofs import keep_proofs, read_proofs, settings_of

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
- id: t-1
  title: t
  match: {word: {http.request.query|contains: attack}}
  tests: {match: [{query: {q: attack}}], pass: [{path: /}]}
"""


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Rules whose tests were run."""
    found: list[str] = []
    failure = rule_tests.failure

    def noting(*arguments: object, **more: object) -> object:
        found.append("test")
        return failure(*arguments, **more)  # type: ignore[arg-type]

    monkeypatch.setattr("edgeguard.waf.loader.failure", noting)
    return found


def folder(tmp_path: Path) -> tuple[Path, Waf]:
    rules, compiled = tmp_path / "rules.yaml", tmp_path / "compiled"
    compiled.mkdir(mode=0o700)
    rules.write_text(RULE)
    return rules, Waf(compiled=str(compiled))


def test_what_has_passed_is_not_asked_at_the_next_start(tmp_path: Path, asked: list[str]) -> None:
    rules, settings = folder(tmp_path)
    load_rules([rules], settings)
    assert len(asked) == 2
    load_rules([rules], settings.model_copy(update={"mode": "shadow", "rules": ["elsewhere"]}))
    assert len(asked) == 2


def test_another_rule_or_setting_is(tmp_path: Path, asked: list[str]) -> None:
    rules, settings = folder(tmp_path)
    load_rules([rules], settings)
    load_rules([rules], settings.model_copy(update={"body_values": 7}))
    assert len(asked) == 4
    rules.write_text(RULE.replace("contains: attack", "contains: another"))
    for _ in range(2):
        with pytest.raises(RulesError, match="t-1"):  # a failure is no proof
            load_rules([rules], settings)


def test_other_code_has_proven_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    databases = Databases(folder(tmp_path)[0].parent / "compiled")
    proof = os.urandom(32)
    keep_proofs(databases, {proof}, set())
    assert read_proofs(databases) == {proof}
    monkeypatch.setattr(proofs, "_key", lambda: b"proofs of other code")
    assert read_proofs(databases) == set()


def test_they_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proofs, "_MOST", 3)
    databases = Databases(folder(tmp_path)[0].parent / "compiled")
    for number in range(9):
        keep_proofs(databases, {bytes([number]) * 32}, read_proofs(databases))
    assert len(read_proofs(databases)) == 3


def test_settings_that_tests_depend_on() -> None:
    assert settings_of(Waf(mode="shadow", rules=[])) == settings_of(Waf())
    assert settings_of(Waf(threshold=9)) != settings_of(Waf())
