from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from rich.console import Console
from small_rule_set import lay_out

from edgeguard.cli.rules_explained import show
from edgeguard.cli.rules_inquiry import explained
from edgeguard.cli.rules_source import source_of
from edgeguard.waf.explain.given import Given, Told

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def text(tmp_path: Path) -> Callable[..., str]:
    """What is shown of a request, without colours or with."""
    tree = lay_out(tmp_path)
    source = source_of(None, tree, 1, [tmp_path / "own.yaml"])

    def shown(target: str, *, whole: bool = False, colours: bool = False, told: tuple[Told, ...] = ()) -> str:
        out = io.StringIO()
        screen = Console(file=out, force_terminal=colours, color_system="standard" if colours else None, soft_wrap=True)
        raw = f"GET {target} HTTP/1.1\r\nHost: h\r\n\r\n".encode()
        show(explained(source, Given(raw, "a file", told=told, outcome="blocked" if told else "")), screen, whole=whole)
        return out.getvalue()

    return shown


def test_it_tells_all_that_one_asks(text: Callable[..., str]) -> None:
    shown = text("/save?a=an+%2545VIL+one&b=odd")
    assert "BLOCKED with status 403: inbound score 5 of 5 at paranoia 1; by 910 (deny 403)" in shown
    assert "101  Evil in ARGS:a\n  critical  score +5  paranoia 1  " in shown
    assert "  ARGS:a  @contains evil\n" in shown
    assert "    value         an %45VIL one\n    urlDecodeUni  an EVIL one\n    lowercase     an [[evil]] one\n" in shown
    assert "  captured TX:0  evil\n" in shown
    assert "  201  paranoia 2  +4  Odd  in ARGS:b\n" in shown
    assert "  1     5 of 5  blocked  1 rule  <- configured\n  2     9 of 5  blocked  2 rules\n" in shown
    assert "smallest exclusion that lets this request pass: one rule" in shown
    assert "(verified: the request passes with it)\n    waf:\n      exclusions:\n" in shown


def test_rules_above_the_level_in_full_where_wanted(text: Callable[..., str]) -> None:
    assert "not asked: its paranoia level is above the configured one" in text("/?b=odd", whole=True)
    assert "not asked" not in text("/?b=odd")


def test_a_request_that_passes(text: Callable[..., str]) -> None:
    shown = text("/?a=fine")
    assert "PASSES" in shown
    assert "No rule matches." in shown
    assert "exclusion" not in shown


def test_what_matched_has_a_colour_where_there_is_one(text: Callable[..., str]) -> None:
    assert "\x1b[7;31m[[evil]]\x1b[0m" in text("/?a=evil", colours=True)
    assert "\x1b" not in text("/?a=evil")


def test_values_are_no_markup_and_steer_no_terminal(text: Callable[..., str]) -> None:
    shown = text("/?a=[red]evil%1b[31m[/red]", colours=True)
    assert "[red]" in shown
    assert "\\x1b[31m" in shown


def test_what_an_event_told(text: Callable[..., str]) -> None:
    shown = text("/?a=evil", told=(Told("101", "", "ARGS:a", "evil", 5), Told("102", "", "ARGS:body", "bad7", 3)))
    assert "101  +5  ARGS:a  evil  (found again above)" in shown
    assert "102  +3  ARGS:body  bad7  (not found again" in shown
    assert "(not tried)" in shown
