"""What came of a run: one result a test, the sums, and both as lines for people or for machines."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.conformance.cases import Case, Outcome
    from edgeguard.conformance.overrides import Override

Verdict = Literal["passed", "explained", "failed"]

_SHOWN = 600  # characters of a request that a failing test shows


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one test.

    Attributes:
        stage: the one that is told, counted from 1: the first that failed, else the last.
        faults: what the test expected and was not so; kept where an override explains it.
        reason: the override's, where one explains it.
    """

    case: Case
    verdict: Verdict
    stage: int
    outcome: Outcome
    faults: tuple[str, ...] = ()
    reason: str = ""

    def lines(self, *, whole: bool = False) -> Iterator[str]:
        """The result for people; `whole` shows all of the request, and the lines of the log."""
        stage = f", stage {self.stage}" if len(self.case.stages) > 1 else ""
        yield f"{self.verdict} {self.case.id}  ({self.case.file}{stage})"
        if self.reason:
            yield f"  reason:   {' '.join(self.reason.split())}"
        for fault in self.faults:
            yield f"  expected: {fault}"
        yield f"  matched:  {' '.join(self.outcome.ids) or 'no rule'}; status {self.outcome.status or 'none'}"
        sent = shown(self.outcome.sent)
        yield f"  request:  {sent if whole or len(sent) <= _SHOWN else sent[:_SHOWN] + '…'}"
        if whole:
            yield from (f"  log:      {line}" for line in self.outcome.lines)

    def json(self) -> str:
        """The result as one line of JSON."""
        return json.dumps(
            {
                "test": self.case.id,
                "verdict": self.verdict,
                "stage": self.stage,
                "faults": list(self.faults),
                "matched": list(self.outcome.ids),
                "status": self.outcome.status,
                "error": self.outcome.error,
                "reason": self.reason,
                "request": self.outcome.sent.decode("latin-1"),
            }
        )


@dataclass(frozen=True, slots=True)
class Report:
    """What came of all tests.

    Attributes:
        stale: overrides that no test needed.
        seconds: that the tests took, without what was done before the first.
    """

    results: tuple[Result, ...] = ()
    stale: tuple[Override, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    def count(self, verdict: Verdict) -> int:
        """How many tests came out so."""
        return sum(result.verdict == verdict for result in self.results)

    @property
    def passed(self) -> int:
        return self.count("passed")

    @property
    def explained(self) -> int:
        return self.count("explained")

    @property
    def failed(self) -> int:
        return self.count("failed")

    @property
    def good(self) -> bool:
        """Whether there were tests, and none failed."""
        return bool(self.results) and not self.failed

    def summary(self) -> str:
        """The last line for people."""
        return f"passed {self.passed} of {len(self.results)}, explained {self.explained}, failed {self.failed}"

    def summary_json(self) -> str:
        """The last line for machines."""
        sums = {"passed": self.passed, "of": len(self.results), "explained": self.explained, "failed": self.failed}
        return json.dumps({**sums, "stale": [override.test for override in self.stale], "seconds": round(self.seconds, 3)})


def shown(data: bytes) -> str:
    """Octets as one line: what is no printable ASCII is escaped."""
    return data.decode("latin-1").encode("unicode_escape").decode("ascii")
