from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.observe.samples.recorded import Then
from edgeguard.replay.run import replay
from edgeguard.replay.sources import Traffic

if TYPE_CHECKING:
    from pathlib import Path


def traffic(tmp_path: Path, *requests) -> Traffic:
    file = tmp_path / "a.jsonl"
    file.write_bytes(b"".join(each.line() for each in requests))
    return Traffic(file)


def test_the_same_rules_twice_give_nothing(tmp_path: Path, side, rule, recorded) -> None:
    requests = [
        recorded(b"/?q=marzipan"),
        recorded(b"/"),
        recorded(b"/", b'{"a":"marzipan"}'),
        recorded(b"/", b"", (b"host", b"b")),
    ]
    diff = replay(traffic(tmp_path, *requests), side(rule("t-1", "marzipan")), side(rule("t-1", "marzipan")))
    assert diff.empty
    assert (diff.requests, diff.before, diff.after.blocked) == (4, diff.after, 2)


def test_a_change_is_told_by_rule(tmp_path: Path, side, rule, recorded) -> None:
    requests = [recorded(b"/?q=marzipan"), recorded(b"/?q=nougat"), recorded(b"/")]
    diff = replay(traffic(tmp_path, *requests), side(rule("t-2", "nougat")), side(rule("t-1", "marzipan")))
    assert (diff.kinds["newly_blocked"], diff.kinds["newly_passed"]) == (1, 1)
    assert [each.rule for each in diff.of_kind("newly_blocked")] == ["t-2"]
    assert [each.rule for each in diff.of_kind("newly_passed")] == ["t-1"]


def test_without_other_rules_it_is_compared_with_what_was_recorded(tmp_path: Path, side, rule, recorded) -> None:
    requests = [
        recorded(b"/?q=marzipan", then=Then("blocked", 5, ("t-1",))),
        recorded(b"/?q=old", then=Then("blocked", 5, ("t-0",))),
        recorded(b"/?q=marzipan", then=Then("limited")),
        recorded(b"/"),
    ]
    diff = replay(traffic(tmp_path, *requests), side(rule("t-1", "marzipan")), None)
    assert (diff.kinds["newly_blocked"], diff.kinds["newly_passed"], diff.uncompared, diff.unsaid) == (0, 1, 1, 1)


def test_it_tells_how_far_it_is(tmp_path: Path, side, rule, recorded) -> None:
    told: list[int] = []
    replay(traffic(tmp_path, recorded(), recorded()), side(rule("t-1", "marzipan")), None, told=told.append)
    assert told == [1, 2]
