from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from small_rule_set import BLOCKED, lay_out

from edgeguard.cli.rules_inquiry import explained
from edgeguard.cli.rules_source import source_of
from edgeguard.waf.explain.given import Given, Told
from edgeguard.waf.explain.writing import exclusions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.waf.explain.explanation import Explanation

    Explain = Callable[..., Explanation]


@pytest.fixture
def look(tmp_path: Path) -> Explain:
    """What the small rule set makes of a request."""
    tree = lay_out(tmp_path)

    def ask(raw: bytes, paranoia: int = 1, told: tuple[Told, ...] = ()) -> Explanation:
        return explained(source_of(None, tree, paranoia, [tmp_path / "own.yaml"]), Given(raw, "file", told=told))

    return ask


def get(target: str) -> bytes:
    return f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode()


def test_the_verdict_scores_and_levels(look: Explain) -> None:
    told = look(get("/?a=bad7&b=odd"))
    assert (told.outcome.verdict.action, told.score, told.threshold) == ("allow", 3, 5)
    assert [level.blocks for level in told.levels] == [False, True, True, True]
    assert {found.id: state for found, state in told.found} == {"102": "counts", "201": "above"}
    assert told.exclusion is None


def test_each_way_of_an_exclusion_is_tried(look: Explain) -> None:
    told = look(BLOCKED)
    assert told.outcome.verdict.status == 403
    assert told.exclusion is not None
    assert [(pair.rule, pair.target) for pair in told.exclusion.pairs] == [("101", "ARGS:a"), ("101", "ARGS:c")]
    assert [(way.name, way.verified) for way in told.exclusion.ways] == [
        ("yaml", True),
        ("seclang", True),
        ("seclang_everywhere", True),
    ]
    assert "paths: [/save]" in told.exclusion.ways[0].text


def test_of_both_languages_both_are_needed(look: Explain) -> None:
    told = look(get("/evil?a=evil"))
    assert told.outcome.verdict.status == 404
    assert told.exclusion is not None
    assert [way.name for way in told.exclusion.ways] == ["yaml", "seclang", "seclang_everywhere", "status", "route"]
    assert all(way.verified for way in told.exclusion.ways)
    assert "together with" in told.exclusion.ways[1].title
    assert "t-1" in told.exclusion.ways[0].text
    assert told.exclusion.ways[3].text.endswith("- id: t-1\n  status: shadow\n")


def test_names_that_need_quotes_are_verified_too(look: Explain) -> None:
    told = look(get("/a%20b?filter[x]%20y=evil"))
    assert told.exclusion is not None
    assert [pair.target for pair in told.exclusion.pairs] == ["ARGS:filter[x] y"]
    assert [way.verified for way in told.exclusion.ways] == [True, True, True]


def test_an_exclusion_that_is_there_counts(tmp_path: Path) -> None:
    tree = lay_out(tmp_path)
    source = source_of(None, tree, None, None)
    before = explained(source, Given(get("/x?a=evil"), "file"))
    assert before.exclusion is not None
    changed = source.with_exclusions(exclusions(before.exclusion.pairs, ["/x"]))
    assert not explained(changed, Given(get("/x?a=evil"), "file")).outcome.verdict.blocked
    assert explained(changed, Given(get("/y?a=evil"), "file")).outcome.verdict.blocked


def test_an_event_is_excluded_by_what_it_told(look: Explain) -> None:
    told = look(get("/save"), told=(Told("101", "Evil", "ARGS:body", "evil", 5),))
    assert not told.outcome.verdict.blocked
    assert told.exclusion is not None
    assert {way.verified for way in told.exclusion.ways} == {None}


def test_what_the_edge_refuses_is_told(look: Explain) -> None:
    told = look(b"GET /?a=evil HTTP/1.1\r\n\r\n")
    assert told.refusal is not None
    assert "101" in {found.id for found, _ in told.found}


def test_where_no_rule_can_help_it_is_said(look: Explain) -> None:
    fields = b"Host: h\r\nContent-Type: application/json\r\nContent-Encoding: unheard-of\r\nContent-Length: 1\r\n"
    told = look(b"POST / HTTP/1.1\r\n" + fields + b"\r\nx")
    assert told.exclusion is not None
    assert "waf.on_unparsable" in told.exclusion.why
    assert [match.rule for match in told.engine] == ["eg-0002"]


def test_routes_and_modes_are_told(config: Path) -> None:
    config.write_text(config.read_text() + "routes: [{name: quiet, paths: [/never], waf: shadow}]\n")
    told = explained(source_of(config, None, None, None), Given(get("/never"), "file"))
    assert told.outcome.verdict.blocked
    assert told.mode == "shadow"
    assert "quiet" in told.notes[0]
    assert explained(source_of(config, None, None, None), Given(get("/"), "file")).mode == "enforce"
