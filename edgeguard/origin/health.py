"""Passive health of one origin server: what its answers say of it. Pure; nothing is probed that no client asked for.

```
            `failures` in a row                  time is up
  healthy ─────────────────────────> ejected ─────────────────> half open ── one probe at a time
     ^                                  ^                          │   │
     └────────────── an answer ─────────┼──────────────────────────┘   │
                                        └─── the probe fails: twice as long
```

A failure is a connection that can't be had, a timeout, or an answer that is no HTTP or is cut short. A status of 500 is none: it
tells of one page, and ejecting a server for it would let whoever finds that page take the site down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.config.model import OriginHealth


class Health:
    """One server's record.

    Attributes:
        failures: in a row.
        until: monotonic seconds at which an ejection ends; 0 for a healthy server.
        ejections: in total.
    """

    __slots__ = ("_first", "_most", "_seconds", "_threshold", "ejections", "failures", "probing", "until")

    def __init__(self, settings: OriginHealth) -> None:
        self._threshold = settings.failures
        self._first = self._seconds = settings.eject_seconds
        self._most = settings.eject_seconds_most
        self.failures = 0
        self.until = 0.0
        self.ejections = 0
        self.probing = False

    def __repr__(self) -> str:
        state = "healthy" if not self.until else "probing" if self.probing else "ejected"
        return f"Health({state}, failures={self.failures}, ejections={self.ejections})"

    def admits(self, now: float) -> bool:
        """Whether a request may go there: always when healthy, and for one probe at a time when an ejection has run out."""
        return not self.until or (now >= self.until and not self.probing)

    def sent(self) -> None:
        """A request goes there now."""
        if self.until:
            self.probing = True

    def succeeded(self) -> None:
        """It has answered in full."""
        self.failures = 0
        self.until = 0.0
        self.probing = False
        self._seconds = self._first

    def failed(self, now: float) -> None:
        """It has not. Failures of requests that were under way when it was ejected don't lengthen the ejection."""
        self.failures += 1
        if self.failures < self._threshold or (self.until and not self.probing):
            return
        if self.until:
            self._seconds = min(2 * self._seconds, self._most)
        self.until = now + self._seconds
        self.ejections += 1
        self.probing = False

    def dropped(self) -> None:
        """The request was given up before it could tell anything."""
        self.probing = False
