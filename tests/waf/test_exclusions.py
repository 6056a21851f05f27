from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from edgeguard.config.model import Exclusion, Route, Waf
from edgeguard.waf.exclusions import end_of, endings, names_of
from edgeguard.waf.faults import RulesError
from edgeguard.waf.loader import load_rules, rules_from_text
from edgeguard.waf.rule_tests import build

if TYPE_CHECKING:
    from edgeguard.waf import Ruleset
    from edgeguard.waf.model import Verdict

RULES = """
- id: evil
  title: x
  severity: critical
  tags: [owasp-2021/A03]
  match: {a: {http.request.any|contains: evil}}
  tests: {match: [{query: {q: evil}}], pass: [{path: /ok}]}
- id: no-token
  title: x
  severity: critical
  match:
    evil: {http.request.arguments|contains: worse}
    known: {http.request.headers:x-known|equals: "yes"}
  condition: evil and not known
  tests: {match: [{query: {q: worse}}], pass: [{path: /ok}]}
- id: leak
  title: x
  action: block
  match: {a: {http.response.body|contains: leaked}}
  tests: {match: [{response: {body: leaked}}], pass: [{response: {body: fine}}]}
"""
SCRIPT = """
SecRuleEngine On
SecRequestBodyAccess On
SecRule ARGS "@contains evil" "id:100,phase:2,deny,status:406,tag:attack-x,t:none"
SecRule REQUEST_URI "@contains ugly" "id:101,phase:1,deny,status:406,t:none"
"""
NOON = datetime(2026, 11, 25, 12, tzinfo=UTC).timestamp()


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "rules.yaml").write_text(RULES)
    (tmp_path / "local.conf").write_text(SCRIPT)
    return tmp_path


def loaded(files: Path, *exclusions: dict[str, Any], script: bool = False, routes: tuple[Route, ...] = ()) -> Ruleset:
    entries = [Exclusion.model_validate(entry) for entry in exclusions]
    settings = Waf(exclusions=entries, seclang=[str(files / "local.conf")] if script else [])
    return load_rules([] if script else [files / "rules.yaml"], settings, routes=routes)


def asked(ruleset: Ruleset, *, now: float = NOON, route: str = "default", **request: Any) -> Verdict:
    sample = build(request)
    transaction = ruleset.transaction(sample.request, sample.client, wall=lambda: now, route=route)
    transaction.request_head()
    if sample.body:
        transaction.request_body(sample.body)
    if sample.response is not None:
        transaction.response_body(str(sample.response["body"]).encode())
    return transaction.finish()


def held(ruleset: Ruleset, **request: Any) -> list[str]:
    return [match.rule for match in asked(ruleset, **request).matches]


def test_a_rule_is_left_out_by_its_id_or_by_a_tag(files: Path) -> None:
    for entry in ({"rules": ["evil"]}, {"tags": ["owasp-2021/A03"]}):
        verdict = asked(loaded(files, entry), query={"q": "evil"})
        assert (verdict.matches, verdict.excluded) == ((), ("exclusion-1",))
    assert held(loaded(files, {"rules": ["leak"]}), query={"q": "evil"}) == ["evil"]


def test_where_nothing_is_excluded_nothing_is_told(files: Path) -> None:
    assert asked(loaded(files, {"rules": ["evil"]}), path="/fine").excluded == ()


def test_a_value_is_kept_from_a_rule_and_others_are_not(files: Path) -> None:
    ruleset = loaded(files, {"name": "titles", "rules": ["evil"], "targets": ["http.request.json.values:data.*.title"]})
    verdict = asked(ruleset, json={"data": {"attributes": {"title": "evil"}}})
    assert (verdict.matches, verdict.excluded) == ((), ("titles",))
    both = asked(ruleset, json={"data": {"attributes": {"title": "evil", "slug": "evil"}}})
    assert [(match.rule, match.target) for match in both.matches] == [("evil", "http.request.json.values:data.attributes.slug")]
    assert held(ruleset, query={"q": "evil"}, json={"data": {"a": {"title": "evil"}}}) == ["evil"]


def test_an_exclusion_never_makes_a_rule_hold(files: Path) -> None:
    ruleset = loaded(files, {"rules": ["no-token"], "targets": ["http.request.headers:x-known"]})
    assert held(ruleset, query={"q": "worse"}, headers={"x-known": "yes"}) == []


@pytest.mark.parametrize(
    ("where", "inside", "outside"),
    [
        ({"paths": ["/api/**"]}, {"path": "/api/x"}, {"path": "/apix"}),
        ({"paths": ["/api"]}, {"path": "/api"}, {"path": "/api/../evil-place"}),
        ({"methods": ["PUT"]}, {"method": "PUT"}, {"method": "POST"}),
        ({"accounts": ["desk"]}, {"account": "desk"}, {"account": "other"}),
        ({"accounts": ["desk"]}, {"account": "desk"}, {}),
        ({"routes": ["items"]}, {"route": "items"}, {}),
        ({"paths": ["/api"], "methods": ["PUT"]}, {"path": "/api", "method": "PUT"}, {"path": "/api", "method": "GET"}),
    ],
)
def test_all_that_is_named_must_fit(files: Path, where: dict[str, Any], inside: dict[str, Any], outside: dict[str, Any]) -> None:
    ruleset = loaded(files, {"rules": ["evil"], **where}, routes=(Route(name="items"),))
    assert held(ruleset, query={"q": "evil"}, **inside) == []
    assert held(ruleset, query={"q": "evil"}, **outside) == ["evil"]


def test_after_its_last_day_it_is_no_longer_in_force(files: Path) -> None:
    ruleset = loaded(files, {"rules": ["evil"], "until": "2026-11-25"})
    midnight = datetime(2026, 11, 26, tzinfo=UTC).timestamp()
    assert held(ruleset, query={"q": "evil"}, now=midnight - 1) == []
    assert held(ruleset, query={"q": "evil"}, now=midnight) == ["evil"]
    assert end_of(date(2026, 11, 25)) == midnight


def test_who_reads_the_settings_is_told_before_an_exclusion_ends_and_after(files: Path) -> None:
    entries = [Exclusion(rules=["evil"], until=date(2026, 11, day)) for day in (24, 30)]
    settings = Waf(exclusions=[*entries, Exclusion(rules=["evil"], until=date(2027, 1, 1)), Exclusion(rules=["evil"])])
    assert endings(settings, NOON) == [
        "the exclusion exclusion-1 ended on 2026-11-24; its rules act again, and it can be taken out",
        "the exclusion exclusion-2 ends on 2026-11-30; after that day its rules act again",
    ]


def test_a_rule_of_a_script_is_left_out(files: Path) -> None:
    assert asked(loaded(files, script=True), query={"q": "evil"}).status == 406
    verdict = asked(loaded(files, {"rules": [100]}, script=True), query={"q": "evil"})
    assert (verdict.blocked, verdict.excluded) == (False, ("exclusion-1",))
    assert not asked(loaded(files, {"tags": ["attack-x"]}, script=True), query={"q": "evil"}).blocked


@pytest.mark.parametrize("target", ["ARGS:q", "http.request.query.values:q", "http.request.arguments:q"])
def test_a_value_is_kept_from_a_rule_of_a_script(files: Path, target: str) -> None:
    ruleset = loaded(files, {"rules": [100], "targets": [target]}, script=True)
    verdict = asked(ruleset, query={"q": "evil"})
    assert (verdict.blocked, verdict.excluded) == (False, ("exclusion-1",))
    assert asked(ruleset, query={"other": "evil"}).blocked


def test_a_json_value_is_kept_from_a_rule_of_a_script(files: Path) -> None:
    ruleset = loaded(files, {"rules": [100], "targets": ["http.request.json.values:data.**"]}, script=True)
    assert not asked(ruleset, json={"data": {"list": [{"title": "evil"}]}}).blocked
    assert asked(ruleset, json={"meta": "evil"}).blocked


def test_what_is_excluded_here_is_not_known_harmless_elsewhere(files: Path) -> None:
    ruleset = loaded(files, {"rules": [101], "methods": ["PUT"]}, script=True)
    for _ in range(3):
        assert not asked(ruleset, path="/ugly", method="PUT").blocked
    assert asked(ruleset, path="/ugly", method="GET").blocked


def test_a_rule_that_knows_no_such_target_is_told(files: Path) -> None:
    with pytest.raises(RulesError, match=r"waf.exclusions\[0\]:1: evil is no SecLang rule and knows no ARGS:q; write"):
        loaded(files, {"rules": ["evil"], "targets": ["ARGS:q"]})
    with pytest.raises(RulesError, match="has no word for graphql"):
        loaded(files, {"rules": [100], "targets": ["graphql.strings"]}, script=True)


def test_rules_and_tags_that_nobody_has_are_noted(files: Path) -> None:
    notes = [note.text for note in loaded(files, {"rules": ["evl"], "tags": ["owasp-2021/A3"]}).notes]
    assert "unknown rule 'evl'; did you mean 'evil'?" in notes
    assert "unknown tag 'owasp-2021/A3'; did you mean 'owasp-2021/A03'?" in notes


def test_answers_are_kept_for_all_so_that_no_account_is_excepted(files: Path) -> None:
    ruleset = loaded(files, {"rules": ["leak"], "accounts": ["desk"]})
    assert held(ruleset, account="desk", response={"body": "leaked"}) == ["leak"]
    assert any("kept for all" in note.text for note in ruleset.notes)
    assert held(loaded(files, {"rules": ["leak"]}), response={"body": "leaked"}) == []


def test_the_pages_examples_load() -> None:
    page = (Path(__file__).parents[2] / "docs" / "tuning.md").read_text()
    blocks = [yaml.safe_load(block.partition("```")[0]) for block in page.split("```yaml\n")[1:]]
    settings = [block for block in blocks if isinstance(block, dict)]
    assert len(settings) == 2
    for block in settings:
        Waf.model_validate(block["waf"])
        for route in block.get("routes", ()):
            Route.model_validate(route)
    [rules] = [block for block in blocks if isinstance(block, list)]
    assert rules_from_text(yaml.safe_dump(rules), Waf()).rules[0].action.masks


def test_names(files: Path) -> None:
    assert names_of(Waf(exclusions=[Exclusion(rules=["a"]), Exclusion(name="mine", tags=["b"])])) == ("exclusion-1", "mine")
