from __future__ import annotations

import pytest

from edgeguard.waf.detectors.command import detect_command
from edgeguard.waf.transformations.cmd_line import cmd_line


@pytest.mark.parametrize(
    "value",
    [
        "; id",
        "x|whoami",
        "x&&ls -la",
        "`id`",
        "$(id)",
        "x\nuname -a",
        "x;cat /etc/passwd",
        "x;/bin/c?t /etc/passwd",
        "x;/b*n/c*t /e*c/p*d",
        "x;{cat,/etc/passwd}",
        "x;$a$b /etc/passwd",
        "x;. /tmp/x",
        "x;cat<y",
        "x;sleep 5",
        "x|sudo id",
        "x;PATH=/tmp id",
        "a & net user eve /add",
        "a & %comspec% /c dir",
        "a|type c:/boot.ini",
        "bash -c id",
        "python3 -c import",
    ],
)
def test_commands_that_go_on(value: str) -> None:
    found = detect_command(value.encode())
    assert found is not None
    assert found.confidence == "high"


@pytest.mark.parametrize(
    "value",
    [
        "",
        "fish & chips; cats & dogs",
        "AT&T id card",
        "R&D; host families",
        "linux;bash;python;php",
        "| id | name |\n|----|------|",
        "find | sort | more",
        "Run `ls -la` and then `cat x`",
        "time & tide wait for none",
        "a=1&id=5&sort=name",
        "if (a && b || c) { x; }",
        "sh; be quiet",
        "bash",
        "bash --version",
        ")#$;`|&;*[",
    ],
)
def test_what_people_write_is_none(value: str) -> None:
    found = detect_command(cmd_line(value.encode()))
    assert found is None or found.confidence == "low"


def test_a_sentence_before_it_makes_it_a_text_about_commands() -> None:
    found = detect_command(b"how do I run it; cat /etc/hosts")
    assert found is not None
    assert found.confidence == "medium"


def test_a_line_that_begins_with_a_command_is_shown_to_someone() -> None:
    found = detect_command(b"cat file.txt | grep -v foo")
    assert found is not None
    assert found.confidence == "medium"


def test_signs_without_end_are_read_up_to_a_bound() -> None:
    found = detect_command(b";" * 50 + b"id")
    assert found is not None
    assert found.span[0] == 49
