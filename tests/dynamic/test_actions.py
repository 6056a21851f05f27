from __future__ import annotations

import pytest

from edgeguard.dynamic.actions import LENGTHS, read_action, seconds_of, words_of
from edgeguard.dynamic.conditions import Wrong


@pytest.mark.parametrize(
    ("value", "seconds"),
    [(90, 90.0), ("500ms", 0.5), ("90s", 90.0), ("5m", 300.0), ("12h", 43_200.0), ("7d", 604_800.0), (0.5, 0.5)],
)
def test_lengths_of_time(value, seconds) -> None:
    assert seconds_of(value) == seconds


@pytest.mark.parametrize("value", ["", "m", "5", "5x", "-5m", "5 m", "5mm", None, True, -1, "9" * 12 + "s"])
def test_what_is_no_length_of_time(value) -> None:
    assert seconds_of(value) is None


def test_in_words() -> None:
    assert [words_of(seconds) for seconds in (0, 59.6, 3661, 90_000)] == ["0s", "1m", "1h 1m", "1d 1h"]


def test_actions() -> None:
    assert read_action("ban").lengths == LENGTHS["ban"]
    assert read_action({"ban": {"for": ["1m", "1h"]}}).lengths == (60.0, 3600.0)
    assert read_action({"challenge": {"for": "1m"}}).lengths == (60.0,)
    tightened = read_action({"tighten": {"requests": 5, "seconds": "1m"}})
    assert (tightened.requests, tightened.seconds) == (5, 60.0)
    assert read_action("log").act == "log"


@pytest.mark.parametrize(
    ("plain", "told"),
    [
        ("bann", "did you mean 'ban'"),
        ({"ban": {"fro": "1m"}}, "did you mean 'for'"),
        ({"ban": {"for": "soon"}}, "a time or a list of times"),
        ({"ban": {"for": []}}, "a time or a list of times"),
        ({"log": {"for": "1m"}}, "log needs nothing more"),
        ({"tighten": {}}, "needs `requests`"),
        ("tighten", "needs `requests`"),
        ({"tighten": {"requests": 5, "seconds": "2d"}}, "from 1s to 1d"),
        ({"ban": {}, "log": {}}, "unknown action"),
        ({"ban": "1m"}, "unknown action"),
        (7, "unknown action"),
    ],
)
def test_what_is_no_action(plain, told) -> None:
    with pytest.raises(Wrong, match=told):
        read_action(plain)
