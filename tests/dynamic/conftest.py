"""What tests of dynamic rules share: names with a key of their own, and rules from text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import uvloop

from edgeguard.dynamic.hashing import Hasher
from edgeguard.dynamic.keys import Naming
from edgeguard.dynamic.loader import rules_from_text
from edgeguard.dynamic.model import Rule, Sanction, Status, Subject
from edgeguard.dynamic.reader import read_rules

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable


def pytest_asyncio_loop_factories(config: pytest.Config, item: pytest.Item) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """The loop that runs in production."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture
def naming() -> Naming:
    return Naming(Hasher(b"a key of the tests"))


@pytest.fixture
def rule(naming: Naming) -> Callable[..., Rule]:
    """`rule("key: address", limit=3)` is a rule with no tests to stand."""

    def make(*lines: str, status: Status = "enforce", **said: object) -> Rule:
        known = {"id": "t-1", "title": "A rule", "status": "test", "key": "address", "limit": 3, "window": "10s", "action": "ban"}
        own = {line.partition(":")[0] for line in lines}
        told = [f"{key}: {value}" for key, value in {**known, **said}.items() if key not in own]
        drafts, faults = read_rules("- " + "\n  ".join([*told, *lines]), "t.yaml", naming)
        assert not faults, faults
        return replace(drafts[0].rule, status=status)

    return make


@pytest.fixture
def load(naming: Naming) -> Callable[[str], tuple[Rule, ...]]:
    return lambda text: rules_from_text(text, naming, "t.yaml")


@pytest.fixture
def sanction() -> Callable[..., Sanction]:
    def make(value: str = "203.0.113.5", kind: str = "address", **more: object) -> Sanction:
        plain = {"act": "ban", "rule": "t-1", "began": 100.0, "until": 200.0, "keep": 300.0, "changed": 100.0}
        return Sanction(subject=Subject(kind, value), **{**plain, **more})  # type: ignore[arg-type]

    return make
