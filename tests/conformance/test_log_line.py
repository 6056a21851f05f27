from __future__ import annotations

from edgeguard.conformance.log_line import log_line


def test_a_match_is_told_as_tests_look_for_it() -> None:
    line = log_line("942100", "SQL", "ARGS:a", "Matched Data: x", ["attack-sqli", "b"])
    assert line == (
        'EdgeGuard: Warning. Matched at ARGS:a. [id "942100"] [msg "SQL"] [data "Matched Data: x"] [tag "attack-sqli"] [tag "b"]'
    )


def test_a_line_is_one_line() -> None:
    assert "\n" not in log_line("1", "a\nb", "c\r\nd", "e\nf")
