from __future__ import annotations

from pathlib import Path

from edgeguard.conformance.settings import waf_settings


def test_the_settings_are_those_of_the_rule_sets_own_tests() -> None:
    waf = waf_settings(Path("/crs"), setup=Path("/setup"), paranoia=3)
    assert waf.crs is not None
    assert (waf.crs.path, waf.crs.setup, waf.crs.paranoia) == (Path("/crs"), Path("/setup"), 3)
    assert waf.crs.variables["arg_length"] == 400
    assert waf.crs.variables["crs_validate_utf8_encoding"] == 1


def test_no_other_rules_are_asked_and_time_does_not_matter() -> None:
    waf = waf_settings(Path("/crs"))
    assert waf.rules == []
    assert waf.budget_us >= 10_000_000
    assert waf.mode == "enforce"


def test_responses_of_the_types_that_tests_send_are_looked_at() -> None:
    crs = waf_settings(Path("/crs")).crs
    assert crs is not None
    assert crs.responses == ["text/plain", "text/html", "text/xml", "application/json"]
