from __future__ import annotations

import os
from pathlib import Path

import pytest

from edgeguard.conformance import run

# Its public repository, checked out beside this one or elsewhere; tests and rules of one commit belong together.
CRS = Path(os.environ.get("EDGEGUARD_CRS4", Path(__file__).parents[3] / "coreruleset"))
TESTS = CRS / "tests" / "regression" / "tests"
OVERRIDES = Path(__file__).parent / "overrides-crs-4.yaml"
LEAST = 4000


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a first run compiles the rules
@pytest.mark.skipif(not TESTS.is_dir(), reason=f"no Core Rule Set 4 in {CRS}; check it out there, or name it in EDGEGUARD_CRS4")
def test_every_test_of_the_core_rule_set_4_passes_or_is_explained() -> None:
    report = run(TESTS, CRS, overrides=[OVERRIDES])
    failed = [line for result in report.results if result.verdict == "failed" for line in result.lines()]
    assert not failed, "\n".join(failed)
    assert len(report.results) > LEAST
    assert not report.stale, [override.test for override in report.stale]
    assert report.explained <= 7  # a list that grows hides what it should show
