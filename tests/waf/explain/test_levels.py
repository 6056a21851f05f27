from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.explain.levels import levels, score_up_to, threshold_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.explain.run import Outcome


def rows(outcome: Outcome, threshold: int = 5) -> list[tuple[int, int, int, bool]]:
    return [(each.level, each.score, each.rules, each.blocks) for each in levels(outcome.found, outcome.variables, threshold)]


def test_scores_of_levels_add_up(ask: Callable[..., Outcome]) -> None:
    assert rows(ask(1, 4, path="/?a=bad7&b=odd"))[:2] == [(1, 3, 1, False), (2, 7, 2, True)]
    assert rows(ask(1, 4, path="/?b=odd"))[:2] == [(1, 0, 0, False), (2, 4, 1, False)]


def test_they_agree_with_what_the_rules_do_at_each_level(ask: Callable[..., Outcome]) -> None:
    for path in ("/?a=evil", "/?a=bad7&b=odd", "/?b=odd", "/?a=fine"):
        told = rows(ask(1, 4, path=path))
        for level in (1, 2):
            assert told[level - 1][3] is ask(level, path=path).verdict.would_block, (path, level)


def test_a_rule_that_blocks_by_itself_blocks_at_each_level(ask: Callable[..., Outcome]) -> None:
    assert [row[3] for row in rows(ask(1, 4, path="/evil"))] == [True] * 4


def test_thresholds_are_the_rules_own() -> None:
    assert threshold_of({b"inbound_anomaly_score_threshold": b"7"}, 5) == 7
    assert threshold_of({}, 5) == 5


def test_scores_under_the_names_of_both_generations() -> None:
    assert score_up_to({b"anomaly_score_pl1": b"3", b"anomaly_score_pl2": b"4"}, 2) == 7
    assert score_up_to({b"inbound_anomaly_score_pl1": b"3", b"inbound_anomaly_score_pl2": b"4"}, 1) == 3
