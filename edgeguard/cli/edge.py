"""Puts the edge's processes together: the supervisor with what it loads, and the one that serves health and metrics."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from edgeguard.control.process import run_control
from edgeguard.identity import Identifier
from edgeguard.observe import log
from edgeguard.server.blueprint import load
from edgeguard.server.supervisor import Supervisor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.server.blueprint import Blueprint
    from edgeguard.server.watch import Order


def run_edge(source: Path, announce: Callable[[], None] | None = None) -> int:
    """Serve by the configuration at `source` until SIGTERM or SIGINT; the exit code.

    `announce` is called once, when the first workers accept connections.

    Raises:
        ConfigError, RulesError, BindError, OSError, ValueError: the start failed; nothing runs.
    """
    return Supervisor(partial(_load, source), run_control, announce, str(source.absolute())).run()


def _load(source: Path, before: Blueprint | None, order: Order) -> Blueprint:
    blueprint = load(source, before, order)
    # Workers read tokens and keys for themselves. Read here as well, a fault in them is told once, and no worker dies of it.
    Identifier(blueprint.config.identity, blueprint.key)
    log.configure(blueprint.config.observe.level)
    return blueprint
