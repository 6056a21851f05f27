from __future__ import annotations

import dataclasses

import pytest

from edgeguard.waf.model import VERDICT_ALLOW


def test_verdicts_do_not_change() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        VERDICT_ALLOW.score = 1  # type: ignore[misc]  # that is the point


def test_the_constant_allows() -> None:
    assert not VERDICT_ALLOW.blocked
    assert not VERDICT_ALLOW.would_block
