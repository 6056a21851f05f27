"""`edgeguard rules`: for the engineer at the desk."""

from __future__ import annotations

import typer

from edgeguard.cli.rules_cost import cost
from edgeguard.cli.rules_diff import diff
from edgeguard.cli.rules_exclusions import exclusions
from edgeguard.cli.rules_explain import explain
from edgeguard.cli.rules_history import history
from edgeguard.cli.rules_lint import lint
from edgeguard.cli.rules_list import list_rules
from edgeguard.cli.rules_new import new
from edgeguard.cli.rules_rollback import rollback
from edgeguard.cli.rules_schema import schema
from edgeguard.cli.rules_show import show_rule
from edgeguard.cli.rules_test import run_tests

rules = typer.Typer(no_args_is_help=True, help="Look at rules, and at what they make of requests.", rich_markup_mode="rich")


@rules.callback()
def _group() -> None:
    """Look at rules, and at what they make of requests."""


for name, command in (
    ("explain", explain),
    ("list", list_rules),
    ("show", show_rule),
    ("lint", lint),
    ("cost", cost),
    ("schema", schema),
    ("new", new),
    ("test", run_tests),
    ("diff", diff),
    ("exclusions", exclusions),
    ("history", history),
    ("rollback", rollback),
):
    rules.command(name)(command)
