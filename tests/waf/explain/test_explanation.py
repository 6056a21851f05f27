from __future__ import annotations

import json
from typing import TYPE_CHECKING

from edgeguard.waf.explain.explanation import Exclusion, Explanation, Paranoia, Refusal, Way, states
from edgeguard.waf.explain.given import Given, Told
from edgeguard.waf.explain.levels import levels
from edgeguard.waf.explain.run import Pair

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.explain.run import Outcome, Read


def test_what_each_rule_means_for_the_configuration(ask: Callable[..., Outcome]) -> None:
    request = {"path": "/evil", "form": {"a": "evil", "b": "odd"}}
    every = ask(1, 4, **request).found
    asked = ask(1, stops=True, **request).found

    def told(paranoia: Paranoia) -> dict[str, str]:
        return {found.id: state for found, state in states(every, asked, paranoia) if found.id in ("t-1", "101", "201")}

    assert told(Paranoia(1, 1)) == {"t-1": "counts", "101": "after", "201": "above"}
    both = ask(1, 2, path="/?a=evil&b=odd")
    assert {found.id: state for found, state in states(both.found, both.found, Paranoia(1, 2)) if found.id == "201"} == {
        "201": "detected"
    }


def test_all_of_it_as_one_object(ask: Callable[..., Outcome], request_of: Callable[..., Read]) -> None:
    outcome = ask(path="/?a=%2545vil%01", stops=True)
    explanation = Explanation(
        given=Given(b"", "a file", missing=("much",), told=(Told("1", "", "ARGS:a", "x", 5),), outcome="blocked"),
        read=request_of(path="/?a=%2545vil%01"),
        refusal=Refusal(400, "bad", "why"),
        outcome=outcome,
        found=states(outcome.found, outcome.found, Paranoia(1, 1)),
        threshold=5,
        score=5,
        own_threshold=5,
        own_score=0,
        paranoia=Paranoia(1, 1),
        levels=levels(outcome.found, outcome.variables, 5),
        exclusion=Exclusion((Pair("101", "ARGS:a"),), (Way("yaml", "there", "text", verified=True),)),
        mode="enforce",
    )
    told = json.loads(json.dumps(explanation.as_json()))
    assert told["verdict"]["status"] == 403
    assert told["refusal"]["status"] == 400
    assert told["event"]["matches"][0]["rule"] == "1"
    assert [level["blocks"] for level in told["levels"]] == [True] * 4
    assert told["exclusion"]["pairs"] == [{"rule": "101", "target": "ARGS:a", "language": "seclang"}]
    match = next(match for match in told["matches"] if match["id"] == "101")
    (value,) = match["values"]
    assert value["form"] == {"before": "", "match": "evil", "after": "\\x01", "skipped": 0, "more": 0}
    assert [step["transformation"] for step in value["steps"]] == ["urlDecodeUni", "lowercase"]
    assert match["captured"] == {"TX:0": "evil"}
