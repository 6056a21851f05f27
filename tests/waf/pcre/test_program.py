from __future__ import annotations

import pytest

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre import program
from edgeguard.waf.pcre.octets import of
from edgeguard.waf.pcre.program import ATOMIC, LOOK, MATCH, OCTET, RUN, SAVE, SPLIT, Program, program_of, table_of
from edgeguard.waf.pcre.reader import read


def made(text: str) -> Program:
    return program_of(*read(text))


def kinds(text: str) -> list[int]:
    return sorted(step.kind for step in made(text).steps)


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("ab", [OCTET, OCTET, MATCH]),
        ("a|b|c", [OCTET, OCTET, OCTET, SPLIT, SPLIT, MATCH]),
        ("a*", [OCTET, SPLIT, MATCH]),
        ("a{2,4}", [OCTET] * 4 + [SPLIT] * 2 + [MATCH]),
        ("(a)", [OCTET, SAVE, SAVE, MATCH]),
        ("a++", [OCTET, RUN, MATCH]),
        ("(?>ab)", [OCTET, OCTET, ATOMIC, MATCH, MATCH]),
        ("(?=(a))", [OCTET, LOOK, MATCH, MATCH]),
    ],
)
def test_steps(text: str, steps: list[int]) -> None:
    assert kinds(text) == sorted(steps)


def test_groups_that_are_matched_again_are_part_of_the_state() -> None:
    assert made(r"(a)(b)\2").backs == (4, 5)
    assert made("(a)").backs == ()


def test_a_lookbehind_knows_its_widths() -> None:
    (look,) = [step for step in made("(?<=a|bcd)x").steps if step.kind == LOOK]
    assert (look.low, look.high, look.ahead) == (1, 3, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [("(?<=a*)b", "no width"), ("(?<!a{300})b", "over 255"), (r"(?=(a))\1", "matched again"), ("(?:a{60}){100}", "4096")],
)
def test_what_can_not_be_walked_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        made(text)


def test_tables() -> None:
    table = table_of(of(b"a"))
    assert len(table) == 256
    assert table[ord("a")] == 1
    assert sum(table) == 1
    assert sum(program.WORDS) == 63
