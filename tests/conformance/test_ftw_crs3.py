from __future__ import annotations

from pathlib import Path

import pytest
from seclang_vectors import shared_folder

from edgeguard.conformance import run

CRS = Path("/usr/share/modsecurity-crs")  # where Debian's package modsecurity-crs puts it
SETUP = Path("/etc/modsecurity/crs/crs-setup.conf")
TESTS = shared_folder() / "ftw" / "crs-3.3.4"
OVERRIDES = Path(__file__).parent / "overrides-crs-3.3.4.yaml"
COUNT = 2403


@pytest.mark.slow
@pytest.mark.timeout(1200)  # a first run compiles the rules
@pytest.mark.skipif(not CRS.is_dir(), reason=f"no rule set in {CRS}; install Debian's package modsecurity-crs")
@pytest.mark.skipif(not TESTS.is_dir(), reason=f"no regression tests in {TESTS}")
def test_every_test_of_the_core_rule_set_3_passes_or_is_explained() -> None:
    report = run(TESTS, CRS, setup=SETUP if SETUP.is_file() else None, overrides=[OVERRIDES])
    failed = [line for result in report.results if result.verdict == "failed" for line in result.lines()]
    assert not failed, "\n".join(failed)
    assert len(report.results) == COUNT
    assert not report.stale, [override.test for override in report.stale]
