"""`edgeguard rules rollback`."""

from __future__ import annotations

import contextlib
import getpass
import os
import time
from typing import TYPE_CHECKING, Annotated

import typer

from edgeguard.cli.rules_source import ConfigOption  # noqa: TC001 - typer reads annotations
from edgeguard.cli.rules_versions import versions_of
from edgeguard.cli.terminal import output
from edgeguard.config import load_config
from edgeguard.server.history import Pin, settings_digest
from edgeguard.waf import RuleFault, RulesError, load_rules
from edgeguard.waf.rule_files import Reading

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from edgeguard.cli.rules_versions import Versions
    from edgeguard.observe.state import State

_PATIENCE = 60.0  # seconds for the edge to load a version, where patterns have to be compiled anew


def rollback(
    version: Annotated[int | None, typer.Argument(metavar="[VERSION]", help="By default the one before that in force.")] = None,
    *,
    config: ConfigOption = None,
    release: Annotated[bool, typer.Option("--release", help="Let the files say again what is in force.")] = False,
) -> None:
    """Put an earlier version of the ruleset in force at once, and keep it there.

    The version is pinned: whatever the files say, it stays, over reloads and restarts, until somebody changes a rule file or a
    setting of `waf`, or until --release. What its settings of `waf` were is put back with it.

    Without an edge that runs, it takes effect at the next start.

    Example:  [bold]edgeguard rules rollback -c edgeguard.yaml[/bold]
    """
    known = versions_of(config)
    if release and version is not None:
        raise typer.BadParameter("--release takes no version")
    if known.history.folder is None or not known.history.versions():
        raise RulesError([RuleFault(str(known.config), 1, "no versions are kept; see `edgeguard rules history`")])
    if release:
        _release(known)
        return
    number = version if version is not None else _before(known)
    _check(known, number)
    known.history.set_pin(Pin(number, _who(), time.time(), settings_digest(known.settings), _aside(known.config)))
    _await(known, f"version {number}", lambda state: state.pinned and state.number == number)


def _release(known: Versions) -> None:
    if not known.history.unpin():
        output().print("nothing was pinned; the files say what is in force", markup=False)
        return
    _await(known, "what the files say", lambda state: not state.pinned)


def _before(known: Versions) -> int:
    """The version before that in force."""
    state, last = known.state(), known.history.in_force()
    now = state.number if state is not None else 0 if last is None else last.number
    earlier = [version.number for version in known.history.versions() if version.number < now]
    if not earlier:
        raise RulesError([RuleFault(str(known.config), 1, f"there is no version before {now}")])
    return earlier[-1]


def _check(known: Versions, number: int) -> None:
    """Load the version here, so that nothing is asked of the edge that it would refuse."""
    settings, reading = known.history.restore(number)
    with reading:
        load_rules(settings.rules, settings.model_copy(update={"compiled": "off"}), gates=False)


def _aside(config: Path) -> dict[str, object]:
    """What the files say now, whether it loads or not: as long as they do, the version stays."""
    settings = load_config(config).waf
    with Reading() as reading, contextlib.suppress(RulesError):
        load_rules(settings.rules, settings, gates=False)
    return reading.told()


def _await(known: Versions, what: str, done: Callable[[State], bool]) -> None:
    screen = output()
    before = known.state()
    if before is None:
        screen.print(f"no edge runs by {known.config}: {what} comes into force at its next start", markup=False)
        return
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        state = known.state()
        if state is None:
            break
        if done(state):
            screen.print(f"{what} is in force: {state.number}-{state.ruleset[:8]}, {state.rules} rules", markup=False)
            return
        if not state.reload_ok and state.refusals > before.refusals:
            raise RulesError([RuleFault(str(known.config), 1, f"the edge refused it: {state.reload_error}")])
        time.sleep(0.05)
    raise RulesError([RuleFault(str(known.config), 1, f"the edge has not taken it up within {_PATIENCE:g} s; see its log")])


def _who() -> str:
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    real = os.environ.get("SUDO_USER", "")
    return f"{real} (as {user})" if real and real != user else user
