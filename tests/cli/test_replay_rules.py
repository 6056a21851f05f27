from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from edgeguard.cli.replay_rules import named
from edgeguard.observe.samples.recorded import Answered, Recorded
from edgeguard.waf import RulesError

if TYPE_CHECKING:
    from pathlib import Path

RULE = """\
- id: t-1
  title: A word
  severity: critical
  match: {word: {http.request.any|contains: marzipan}}
  tests: {match: [{path: "/?q=marzipan"}], pass: [{path: /}]}
"""
DYNAMIC = """\
- id: d-1
  title: Failures
  status: enforce
  when: {status: [401]}
  key: address
  limit: 3
  window: 1m
  action: {ban: {for: 10m}}
  tests:
    act: [{times: 3, every: 1s, status: 401}]
    quiet: [{times: 9, every: 1m, status: 401}]
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    folder = tmp_path / "rules"
    (folder / "dynamic").mkdir(parents=True)
    (folder / "one.yaml").write_text(RULE)
    (folder / "dynamic" / "two.yaml").write_text(DYNAMIC)
    return folder


def outcomes(names: list[str]) -> list[str]:
    failed = [
        Recorded("r", 1.0, b"GET", b"/", ((b"host", b"a"),), client="203.0.113.7", answered=Answered(401)) for _ in range(4)
    ]
    side = named(names, None).side("x")
    return [side.judge(each).outcome for each in (Recorded("r", 0.0, b"GET", b"/?q=marzipan", ((b"host", b"a"),)), *failed)]


def test_a_folder_has_rules_of_both_kinds(rules: Path) -> None:
    assert outcomes([str(rules)]) == ["blocked", "pass", "pass", "pass", "blocked"]


def test_rules_that_count_may_stand_alone(rules: Path) -> None:
    assert outcomes([str(rules / "dynamic")]) == ["pass", "pass", "pass", "pass", "blocked"]
    assert outcomes([str(rules / "dynamic" / "*.yaml")]) == ["pass", "pass", "pass", "pass", "blocked"]


def test_files_and_globs_are_rules_about_one_request(rules: Path) -> None:
    assert outcomes([str(rules / "*.yaml")]) == ["blocked", "pass", "pass", "pass", "pass"]
    assert outcomes([str(rules / "one.yaml")]) == ["blocked", "pass", "pass", "pass", "pass"]


def test_a_configuration_brings_all_that_it_names(rules: Path, tmp_path: Path) -> None:
    text = "listeners: [{port: 0}]\norigin: {url: http://127.0.0.1:1}\nwaf: {rules: [rules]}\n"
    text += "dynamic: {rules: [rules/dynamic], mode: MODE}\n"
    for mode, last in (("enforce", "blocked"), ("shadow", "shadow"), ("off", "pass")):
        (tmp_path / "edgeguard.yaml").write_text(text.replace("MODE", mode))
        assert outcomes([str(tmp_path / "edgeguard.yaml")])[-1] == last


def test_a_core_rule_set_is_known_by_its_files(tmp_path: Path) -> None:
    (tmp_path / "crs" / "rules").mkdir(parents=True)
    (tmp_path / "crs" / "rules" / "REQUEST-942-X.conf").write_text(
        'SecRule ARGS "@contains marzipan" "id:942001,phase:2,deny,t:none,tag:\'paranoia-level/1\'"\n'
    )
    found = named([str(tmp_path / "crs")], 2).source.settings.crs
    assert found is not None
    assert (found.path, found.paranoia) == (tmp_path / "crs", 2)


def test_two_of_a_kind_that_can_t_be_two_are_refused(rules: Path, tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("listeners: [{port: 0}]\norigin: {url: http://127.0.0.1:1}\n")
    with pytest.raises(RulesError, match="alone"):
        named([str(tmp_path / "c.yaml"), str(rules)], None)


def test_nothing_fits(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match="no file fits"):
        named([str(tmp_path / "*.yaml")], None)
    with pytest.raises(RulesError, match="no such file"):
        named([str(tmp_path / "gone.yaml")], None)
    with pytest.raises(RulesError, match="no file of rules"):
        named([str(tmp_path)], None)
