from __future__ import annotations

from typing import get_args

import pytest

from edgeguard.waf.detectors.finding import RANKS, Confidence, Finding, wanted
from edgeguard.waf.faults import Refused


def test_each_confidence_has_its_rank() -> None:
    assert sorted(RANKS, key=RANKS.__getitem__) == list(get_args(Confidence))


@pytest.mark.parametrize(
    ("value", "is_early"),
    [
        (b"X", True),
        (b"nice post, I like it X", True),
        (b"<p>\n<b class='a b'>abc</b>X", True),
        (b" ".join(b"word%d" % number for number in range(30)) + b" X", False),
        (b"the same word " * 30 + b"X", True),
        (b"```html\nX", False),
        (b"<p>```</p>X", False),
        (b"a" * 300 + b"X", True),
        (b" " * 300 + b"X", True),
    ],
)
def test_early_is_where_no_article_stands_before(value: bytes, is_early: bool) -> None:
    at = value.index(b"X")
    found = Finding("text", "high", "script", (at, at + 1))
    assert wanted("op", "high early").span(found, value) == (found.span if is_early else None)
    assert wanted("op", "high").span(found, value) == found.span


def test_the_least_confidence() -> None:
    found = Finding("text", "medium", "script", (0, 1))
    told = {least: wanted("op", least).span(found, b"x") is not None for least in RANKS if least != "faint"}
    assert told == {"low": True, "medium": True, "high": False}
    assert wanted("op", "low").span(None, b"x") is None


@pytest.mark.parametrize("argument", ["", "early", "faint", "high late", 3, None])
def test_other_arguments_are_refused(argument: object) -> None:
    with pytest.raises(Refused, match="op: the least confidence"):
        wanted("op", argument)
