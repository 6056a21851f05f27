"""Where the versions of a configuration's ruleset are, and the edge that runs by it, if one does: for commands about either."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import typer

from edgeguard.config import ConfigError, load_config
from edgeguard.config.model import Waf
from edgeguard.observe.runtime import PREFIX
from edgeguard.observe.state import State, is_alive, read_state
from edgeguard.server.history import History, place


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of one configuration.

    Attributes:
        config: its absolute path.
        settings: its section `waf`; the defaults where it does not load.
        runtime: of the edge that runs by it; None where none does.
    """

    config: Path
    settings: Waf
    history: History
    runtime: Path | None

    def state(self) -> State | None:
        """What the edge tells of itself; None where none runs."""
        return None if self.runtime is None else read_state(self.runtime)


def versions_of(config: Path | None) -> Versions:
    """Those of the configuration that a command line, or the environment, names.

    Raises:
        typer.BadParameter: neither does.
    """
    if config is None and os.environ.get("EDGEGUARD_CONFIG"):
        config = Path(os.environ["EDGEGUARD_CONFIG"])
    if config is None:
        raise typer.BadParameter("say whose versions: -c CONFIG")
    path = config.absolute()
    try:
        settings = load_config(path).waf
    except ConfigError:
        if not path.is_file():
            raise
        settings = Waf()  # what was in force is to be had all the same
    runtime, state = _running(path)
    if state is not None and state.history:
        folder: Path | None = Path(state.history)
    else:
        folder = place(path, settings.compiled)
    return Versions(path, settings, History(folder), runtime)


def _running(config: Path) -> tuple[Path | None, State | None]:
    for home in dict.fromkeys((Path("/dev/shm"), Path(tempfile.gettempdir()))):  # noqa: S108 - where `observe.runtime` makes them
        for runtime in home.glob(PREFIX + "*"):
            state = read_state(runtime)
            if state is not None and state.source == str(config) and is_alive(state.supervisor):
                return runtime, state
    return None, None
