from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.message import Client
from edgeguard.waf import Ruleset, load_rules, rules_from_text
from edgeguard.waf.bodies.inspect import inspect
from edgeguard.waf.condition import Name
from edgeguard.waf.model import Action, Rule, Selection
from edgeguard.waf.rule_reader import _term
from edgeguard.waf.rule_tests import build
from edgeguard.waf.seclang.compiler import compile_program
from edgeguard.waf.seclang.reader import read_seclang_text
from edgeguard.waf.seen import Seen
from edgeguard.waf.yaml_items import Item

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.waf.rule_tests import Sample

BUNDLE = Path(__file__).parents[2] / "rules"


@pytest.fixture(scope="session")
def bundle() -> Ruleset:
    """The rules that come with EdgeGuard."""
    return load_rules([BUNDLE], Waf())


@pytest.fixture(scope="session")
def bundle_folder() -> Path:
    return BUNDLE


@pytest.fixture
def client() -> Client:
    return Client("203.0.113.7", "203.0.113.7")


@pytest.fixture
def sample() -> Callable[..., Sample]:
    """A request described as rules' tests describe it."""
    return lambda **description: build(description)


@pytest.fixture
def seen(sample: Callable[..., Sample]) -> Callable[..., Seen]:
    """What a transaction has seen after the body of such a request."""

    def make(**description: Any) -> Seen:
        one = sample(**description)
        state = Seen(one.request, one.client)
        state.content = inspect(one.request, one.body, Waf(), complete=True)
        return state

    return make


@pytest.fixture
def one_rule() -> Callable[..., Ruleset]:
    """A ruleset of one rule: the field and arguments of its only term, and what else is not as usual."""

    def make(field: str, arguments: Any, settings: Waf | None = None, **changes: Any) -> Ruleset:
        listed = arguments if isinstance(arguments, list) else [arguments]
        term = _term(field, Item([Item(argument, 1) for argument in listed], 1))
        rule = Rule("t-1", "a test", "enforce", "critical", (), None, (Selection("a", ((term,),)),), Name("a"), Action(5))
        return Ruleset([replace(rule, **changes)], settings or Waf())

    return make


@pytest.fixture
def seclang() -> Callable[..., Ruleset]:
    """The ruleset of a script; `rules` are EdgeGuard's own beside it."""

    def make(script: str, settings: Waf | None = None, rules: Sequence[Rule] = (), **options: Any) -> Ruleset:
        program = read_seclang_text(script, "test.conf")
        chains = compile_program(program).rules
        return Ruleset(rules, settings or Waf(), chains=chains, seclang=program.configuration, **options)

    return make


@pytest.fixture
def ruleset() -> Callable[..., Ruleset]:
    return lambda text, settings=None: rules_from_text(text, settings or Waf(), "r.yaml")
