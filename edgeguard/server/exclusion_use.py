"""When each exclusion last kept a rule from holding, on disk, so that those that nobody needs are known after months.

The supervisor looks once a minute at what all workers have counted, and writes one small file beside the history of rulesets.
Once a day, and at each load, it says which exclusions have ended or soon will.
"""

from __future__ import annotations

import contextlib
import json
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from edgeguard.observe.log import get_logger
from edgeguard.observe.totals import read_totals
from edgeguard.waf.exclusions import endings, names_of

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.config.model import Waf

log = get_logger("server")

LOOK_SECONDS: Final = 60.0
TELL_SECONDS: Final = 86_400.0
UNUSED_SECONDS: Final = 90 * 86_400.0  # what has kept no rule from holding for so long can go
_FILE: Final = "exclusions.json"
_LARGEST: Final = 1024 * 1024  # bytes of the file; 500 exclusions take 60 KB
_METRIC: Final = "edgeguard_waf_exclusions_total"


@dataclass(frozen=True, slots=True)
class Use:
    """One exclusion.

    Attributes:
        since: seconds since 1970 from when on it is known.
        fired: when it last kept a rule from holding, to a minute; 0 for never.
    """

    since: float
    fired: float = 0.0

    def unused(self, now: float) -> bool:
        """Whether it has had ninety days to be needed, and was not."""
        return now - max(self.since, self.fired) >= UNUSED_SECONDS


def read_use(folder: Path | None) -> dict[str, Use]:
    """What is known, by the exclusion's name; nothing where nothing is, or it can't be read."""
    if folder is None:
        return {}
    try:
        with (folder / _FILE).open("rb") as file:
            stored: Any = json.loads(file.read(_LARGEST))
        return {str(name): Use(float(since), float(fired)) for name, (since, fired) in stored.items()}
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


class ExclusionUse:
    """The supervisor's part: call `turn` often, it does little most of the time."""

    def __init__(self) -> None:
        self._look_at = 0.0
        self._tell_at = 0.0
        self._counts: dict[str, float] = {}

    def loaded(self) -> None:
        """Another configuration has come into force."""
        self._look_at = self._tell_at = 0.0

    def turn(self, settings: Waf, folder: Path | None, runtime: Path) -> None:
        """Look, and tell, where it is time to.

        Args:
            settings: those in force.
            folder: where the file is; None for nowhere.
            runtime: where workers count.
        """
        clock, now = time.monotonic(), time.time()
        if not settings.exclusions:
            return
        if clock >= self._tell_at:
            self._tell_at = clock + TELL_SECONDS
            for text in endings(settings, now):
                log.warning(text)
        if clock >= self._look_at:
            self._look_at = clock + LOOK_SECONDS
            if folder is not None:
                self.note(names_of(settings), _fired(runtime), folder, now)

    def note(self, names: tuple[str, ...], counts: dict[str, float], folder: Path, now: float) -> None:
        """Write down which exclusions have fired since they were last looked at; those that are gone are forgotten."""
        before = read_use(folder)
        uses = {name: before.get(name, Use(now)) for name in names}
        for name in names:
            if counts.get(name, 0.0) > self._counts.get(name, 0.0):
                uses[name] = Use(uses[name].since, now)
        self._counts = counts
        if uses != before:
            unfinished = folder / f"new-{_FILE}"
            with contextlib.suppress(OSError):  # a full disk must not end what serves
                unfinished.write_text(json.dumps({name: [use.since, use.fired] for name, use in uses.items()}))
                unfinished.replace(folder / _FILE)


def _fired(runtime: Path) -> dict[str, float]:
    """How often each has fired, as all workers have counted since the start."""
    series = read_totals(runtime).series
    return {labels[0]: values[0] for (name, labels), values in series.items() if name == _METRIC}
