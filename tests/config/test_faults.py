from __future__ import annotations

from edgeguard.config.faults import ConfigError, ConfigFault


def test_faults_are_told_by_line_one_a_line() -> None:
    error = ConfigError([ConfigFault("e.yaml", 7, 1, "late"), ConfigFault("e.yaml", 2, 9, "b"), ConfigFault("e.yaml", 2, 3, "a")])
    assert [fault.text for fault in error.faults] == ["a", "b", "late"]
    assert str(error) == "e.yaml:2: a\ne.yaml:2: b\ne.yaml:7: late"
