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


def test_the_engine_looks_at_responses_of_the_types_that_tests_send() -> None:
    (file,) = waf_settings(Path("/crs")).seclang
    types = next(line for line in Path(file).read_text().splitlines() if line.startswith("SecResponseBodyMimeType"))
    assert types.split()[1:] == ["text/plain", "text/html", "text/xml", "application/json"]
