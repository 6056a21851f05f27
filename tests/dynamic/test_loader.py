from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.bundled import bundled
from edgeguard.config.rule_faults import RulesError
from edgeguard.dynamic.engine import Dynamic
from edgeguard.dynamic.loader import digest_of, load_dynamic
from edgeguard.dynamic.model import Event

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
- id: {id}
  title: Many
  when: {{status: 404}}
  key: address
  limit: {limit}
  window: 1m
  action: ban
  tests:
    act: [{{times: 5, status: 404}}]
    quiet: [{{times: 3, status: 404}}]
"""


def test_those_that_ship_load_and_stand_their_tests(naming) -> None:
    rules = load_dynamic([bundled("rules") / "dynamic"], naming)
    assert len(rules) >= 12
    assert all(rule.status == "enforce" for rule in rules)


def test_files_folders_and_globs(tmp_path: Path, naming) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.yaml").write_text(RULE.format(id="t-1", limit=5))
    (tmp_path / "a" / ".hidden.yaml").write_text("x")
    (tmp_path / "two.yaml").write_text(RULE.format(id="t-2", limit=5))
    rules = load_dynamic([tmp_path / "a", tmp_path / "t*.yaml", tmp_path / "two.yaml", tmp_path / "gone"], naming)
    assert [rule.id for rule in rules] == ["t-1", "t-2"]


@pytest.mark.parametrize(("limit", "line", "told"), [(6, 10, "does not act, but here it should"), (3, 11, "acts at the event 3")])
def test_a_rule_that_fails_its_tests_does_not_load(load, limit, line, told) -> None:
    with pytest.raises(RulesError, match=f"t.yaml:{line}: t-1 {told}"):
        load(RULE.format(id="t-1", limit=limit))


def test_two_rules_of_one_name(load) -> None:
    with pytest.raises(RulesError, match=r"t\.yaml:13: the id t-1 stands already in t\.yaml:2"):
        load(RULE.format(id="t-1", limit=5) + RULE.format(id="t-1", limit=5))


def test_a_file_that_is_no_text(tmp_path: Path, naming) -> None:
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(RulesError, match="can't be read"):
        load_dynamic([tmp_path / "x.yaml"], naming)


def test_digests_tell_rules_apart(load) -> None:
    one, other = load(RULE.format(id="t-1", limit=5)), load(RULE.format(id="t-1", limit=4))
    assert digest_of(one) == digest_of(load(RULE.format(id="t-1", limit=5)))
    assert digest_of(one) != digest_of(other)


def test_an_office_behind_one_address_is_left_alone(naming) -> None:
    engine = Dynamic(load_dynamic([bundled("rules") / "dynamic"], naming), naming)
    dice, now, address = random.Random(7), 1_700_000_000.0, "203.0.113.5"
    for _ in range(30_000):  # sixty people, twenty requests a second, none of whom the edge knows
        now += dice.expovariate(20)
        person, what = dice.randrange(60), dice.random()
        if what < 0.001:  # three forget their password each minute
            event = Event(address, path="/login", status=401, login=f"p{person}", password=f"w{dice.randrange(4)}")
        elif what < 0.012:
            event = Event(address, path=f"/old/{dice.randrange(2000)}", status=404)
        elif what < 0.015:
            event = Event(address, path="/api/me", status=401)
        elif what < 0.0153:  # and now and then a rule is wrong
            event = Event(address, path=f"/items/{person}", status=403, verdict="blocked", reason="rule", rules=["eg-1"])
        elif what < 0.3:
            event = Event(address, path=f"/items/{person}", cache="miss", origin_seconds=dice.expovariate(8))
        else:
            event = Event(address, path=f"/items/{person}", cache="hit")
        assert engine.observe(event, now) == []
