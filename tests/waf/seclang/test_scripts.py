from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Crs, CrsExclusion, Waf
from edgeguard.waf.actions.registry import make_effect
from edgeguard.waf.faults import RulesError
from edgeguard.waf.rule_tests import build, send
from edgeguard.waf.ruleset import Ruleset
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.scripts import files_of, read_scripts
from edgeguard.waf.seclang.spell import spell
from edgeguard.waf.seclang.syntax import Operation, SecRule
from edgeguard.waf.targets.seclang.selection import exclusion

if TYPE_CHECKING:
    from pathlib import Path

RULES = """
SecRule ARGS|REQUEST_COOKIES "@rx a" "id:901,phase:2,pass,tag:attack-one,tag:'two, parts'"
SecRule ARGS "@rx b" "id:902,phase:2,pass,tag:attack-two"
"""


@pytest.fixture
def crs(tmp_path: Path) -> Path:
    folder = tmp_path / "crs"
    (folder / "rules").mkdir(parents=True)
    (folder / "rules" / "B.conf").write_text(RULES)
    (folder / "rules" / "A.conf").write_text('SecAction "id:900,phase:1,pass,nolog"\n')
    (folder / "rules" / "notes.txt").write_text("no rules")
    return folder


def rules(path: Path, **settings: Any) -> list[SecRule]:
    program = read_scripts(Waf(crs=Crs(path=path, **settings)))
    assert program is not None
    compile_program(program)  # every rule that is made here makes sense
    return [item for item in program.items if isinstance(item, SecRule)]


def ids(path: Path, **settings: Any) -> list[int]:
    return [rule.id for rule in rules(path, **settings)]


def said(path: Path, **settings: Any) -> dict[str, str]:
    """The variables that settings become."""
    (rule,) = [rule for rule in rules(path, **settings) if rule.id == 9_990_000]
    return dict(str(action.argument).split("=", 1) for action in rule.links[0].actions)


def test_without_scripts_there_is_no_program() -> None:
    assert read_scripts(Waf()) is None


def test_own_files_come_first_then_the_setup_settings_and_rules(tmp_path: Path, crs: Path) -> None:
    own = tmp_path / "own.conf"
    own.write_text('SecAction "id:1,phase:1,pass"\n')
    (crs / "crs-setup.conf").write_text('SecAction "id:899,phase:1,pass"\n')
    program = read_scripts(Waf(seclang=[str(own)], crs=Crs(path=crs)))
    assert program is not None
    assert [item.id for item in program.items if isinstance(item, SecRule)] == [1, 899, 9_990_000, 900, 901, 902]


@pytest.mark.parametrize("name", ["crs/crs-setup.conf", "crs/crs-setup.conf.example", "crs-setup.conf", "crs-setup.conf.example"])
def test_where_the_setup_is_looked_for(tmp_path: Path, crs: Path, name: str) -> None:
    (tmp_path / name).write_text('SecAction "id:899,phase:1,pass"\n')
    assert ids(crs)[0] == 899


def test_a_setup_can_be_named(tmp_path: Path, crs: Path) -> None:
    (tmp_path / "mine.conf").write_text('SecAction "id:898,phase:1,pass"\n')
    (crs / "crs-setup.conf").write_text('SecAction "id:899,phase:1,pass"\n')
    assert ids(crs, setup=tmp_path / "mine.conf")[0] == 898


def test_without_a_setup_rules_have_defaults_all_the_same(crs: Path) -> None:
    assert said(crs)["tx.crs_setup_version"] == "400"


def test_the_folder_of_the_rules_itself_may_be_named(crs: Path) -> None:
    assert ids(crs / "rules") == ids(crs)


def test_a_folder_without_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(RulesError, match=r"waf\.crs\.path names the folder"):
        read_scripts(Waf(crs=Crs(path=tmp_path)))


def test_settings_are_variables_of_both_versions(crs: Path) -> None:
    variables = said(crs, paranoia=2, detection_paranoia=3, threshold=7, outbound_threshold=6)
    assert variables["tx.blocking_paranoia_level"] == variables["tx.paranoia_level"] == "2"
    assert variables["tx.detection_paranoia_level"] == variables["tx.executing_paranoia_level"] == "3"
    assert variables["tx.inbound_anomaly_score_threshold"] == "7"
    assert variables["tx.outbound_anomaly_score_threshold"] == "6"
    assert said(crs, paranoia=2)["tx.detection_paranoia_level"] == "2"


@pytest.mark.parametrize("value", ["GET POST", "a\\", "it's", 'a "b" c', "a\\b", "a,b", "x'y\",id:5"])
def test_variables_of_ones_own_come_as_they_are(crs: Path, value: str) -> None:
    assert said(crs, variables={"mine": value, "number": 5})["tx.mine"] == value


def test_types_of_responses(crs: Path) -> None:
    program = read_scripts(Waf(crs=Crs(path=crs, responses=["text/html", "text/xml"])))
    assert program is not None
    assert program.configuration.response_body_access
    assert program.configuration.response_body_mime_types == ("text/html", "text/xml")
    program = read_scripts(Waf(crs=Crs(path=crs, responses=[])))
    assert program is not None
    assert not program.configuration.response_body_access


@pytest.mark.parametrize(
    ("left_out", "left"),
    [
        ({"rules": [901]}, {902: "ARGS"}),
        ({"tags": ["two, parts"]}, {902: "ARGS"}),
        ({"rules": [901], "targets": ["ARGS:it's"]}, {901: "ARGS|REQUEST_COOKIES|!ARGS:it's", 902: "ARGS"}),
        ({"tags": ["attack-two"], "targets": ["ARGS", "ARGS:/^a/"]}, {901: "ARGS|REQUEST_COOKIES", 902: "ARGS|!ARGS|!ARGS:/^a/"}),
    ],
)
def test_exclusions_for_every_path_change_the_rules(crs: Path, left_out: dict[str, Any], left: dict[int, str]) -> None:
    made = rules(crs, exclusions=[CrsExclusion(**left_out)])
    looked = {rule.id: "|".join(map(str, rule.links[0].variables)) for rule in made if rule.id in (901, 902)}
    assert looked == left


@pytest.mark.parametrize("target", ["ARGS:it's", "ARGS:'/a|b/'", 'ARGS:/"/', "ARGS:'/a\\\\.b/'"])
def test_targets_mean_the_same_with_paths_and_without(crs: Path, target: str) -> None:
    everywhere = rules(crs, exclusions=[CrsExclusion(rules=[902], targets=[target])])
    by_path = rules(crs, exclusions=[CrsExclusion(rules=[902], targets=[target], paths=["/"])])
    (dropped,) = [rule.links[0].variables[-1] for rule in everywhere if rule.id == 902]
    (action,) = [rule.links[1].actions[0] for rule in by_path if rule.id == 9_990_001]
    removal = make_effect(action.name, action.argument).removal
    assert removal is not None
    assert removal.exclusions == (exclusion(replace(dropped, excluded=False)),)


def test_a_tag_with_a_comma_is_one_tag(crs: Path) -> None:
    made = rules(crs, exclusions=[CrsExclusion(tags=["two, parts"], paths=["/it's"])])
    (rule,) = [rule for rule in made if rule.id == 9_990_001]
    assert [action.argument for action in rule.links[1].actions] == ["ruleRemoveByTag=two, parts"]
    assert rule.links[0].operation == Operation("beginswith", "/it's")


def test_exclusions_for_paths_are_rules_before_the_others(crs: Path) -> None:
    spared = CrsExclusion(rules=[901], tags=["attack-two"], targets=["ARGS:a"], paths=["/api", '/a "b"'])
    made = [rule for rule in rules(crs, exclusions=[spared]) if rule.id > 9_990_000]
    assert [rule.id for rule in made] == [9_990_001, 9_990_002]
    operations = [rule.links[0].operation for rule in made]
    assert [operation.argument for operation in operations if operation is not None] == ["/api", '/a "b"']
    assert [action.argument for action in made[0].links[1].actions] == [
        "ruleRemoveTargetById=901;ARGS:a",
        "ruleRemoveTargetByTag=attack-two;ARGS:a",
    ]
    assert "phase:1,pass,nolog" in spell(made[0])


@pytest.mark.parametrize(
    ("path", "spared"),
    [
        ("/api/articles", True),
        ("/api/articles/a..b", True),
        ("/api/articles/../login", False),
        ("/api/articles/%2e%2E/login", False),
        ("/api/articles/x//../../../login", False),
        ("/login/../api/articles", False),
    ],
)
def test_a_way_up_from_a_spared_path_is_not_spared(crs: Path, path: str, spared: bool) -> None:
    program = read_scripts(Waf(crs=Crs(path=crs, exclusions=[CrsExclusion(rules=[901], paths=["/api/articles"])])))
    assert program is not None
    ruleset = Ruleset([], Waf(), chains=compile_program(program).rules, seclang=program.configuration)
    matches = send(ruleset, build({"path": path, "query": {"q": "a"}})).finish().matches
    assert [match.rule for match in matches] == ([] if spared else ["901"])


def test_the_files_that_are_named(crs: Path) -> None:
    assert files_of(Waf(seclang=["a.conf"], crs=Crs(path=crs)))[1] == crs
    assert [str(path) for path in files_of(Waf(seclang=["a.conf"]))] == ["a.conf"]
