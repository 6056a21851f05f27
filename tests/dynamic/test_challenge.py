from __future__ import annotations

import shutil
import subprocess
from hashlib import sha256
from pathlib import Path

import pytest

from edgeguard.dynamic import page
from edgeguard.dynamic.challenge import PERIOD, Challenger, pass_in, without_pass

NOW = 1_700_000_000.0
ADDRESS, AGENT = "203.0.113.5", b"Mozilla/5.0"


def solve(puzzle: str) -> str:
    """What a browser does."""
    _, bits, seed = puzzle.split(".")
    number = 0
    while int.from_bytes(sha256(f"{seed}{number}".encode()).digest()[:8]) >> 64 - int(bits):
        number += 1
    return str(number)


@pytest.fixture
def challenger() -> Challenger:
    return Challenger([b"a secret of the tests"], bits=8, solve_seconds=300, valid_seconds=3600)


def test_who_solves_it_gets_a_pass_for_a_time(challenger) -> None:
    puzzle = challenger.puzzle(ADDRESS, AGENT, NOW)
    given = challenger.solved(puzzle, solve(puzzle), ADDRESS, AGENT, NOW + 5)
    assert given is not None
    assert challenger.passes(given.encode(), ADDRESS, AGENT, NOW + 3599)
    assert not challenger.passes(given.encode(), ADDRESS, AGENT, NOW + 3601)


def test_a_pass_holds_in_its_network_and_for_its_browser_alone(challenger) -> None:
    puzzle = challenger.puzzle(ADDRESS, AGENT, NOW)
    given = (challenger.solved(puzzle, solve(puzzle), "203.0.113.99", AGENT, NOW) or "").encode()
    assert challenger.passes(given, "203.0.113.200", AGENT, NOW)
    assert not challenger.passes(given, "203.0.114.5", AGENT, NOW)
    assert not challenger.passes(given, ADDRESS, b"curl/8", NOW)
    six = challenger.puzzle("2001:db8:1:2::1", AGENT, NOW)
    assert challenger.solved(six, solve(six), "2001:db8:1:2::9", AGENT, NOW)
    assert challenger.solved(six, solve(six), "2001:db8:1:3::9", AGENT, NOW) is None


def test_sent_twice_it_is_worth_the_same(challenger) -> None:
    puzzle = challenger.puzzle(ADDRESS, AGENT, NOW)
    answer = solve(puzzle)
    first = challenger.solved(puzzle, answer, ADDRESS, AGENT, NOW + 1)
    assert first is not None
    assert challenger.solved(puzzle, answer, ADDRESS, AGENT, NOW + 299) == first
    assert challenger.solved(puzzle, answer, ADDRESS, AGENT, NOW + 301) is None


def test_what_is_made_up_is_worth_nothing(challenger) -> None:
    puzzle = challenger.puzzle(ADDRESS, AGENT, NOW)
    issued, bits, seed = puzzle.split(".")
    answer = solve(puzzle)
    easier = f"{issued}.0.{seed}"
    for forged in (
        "",
        "..",
        easier,
        f"{issued}.{bits}.{'0' * 32}",
        f"-1.{bits}.{seed}",
        f"{issued}.65.{seed}",
        puzzle + ".1",
        "x" * 999,
    ):
        assert challenger.solved(forged, answer, ADDRESS, AGENT, NOW) is None, forged
    for wrong in ("", "-1", "\u0661", "9" * 17, "1e9", str(int(answer) + 1)):
        if wrong != answer:
            assert challenger.solved(puzzle, wrong, ADDRESS, AGENT, NOW) is None or solve(puzzle) == wrong, wrong
    for forged_pass in (b"", b".", f"{issued}.{seed}".encode(), b"\xff", b"x" * 999):
        assert not challenger.passes(forged_pass, ADDRESS, AGENT, NOW)


def test_a_puzzle_from_the_future_is_none(challenger) -> None:
    puzzle = challenger.puzzle(ADDRESS, AGENT, NOW + 100)
    assert challenger.solved(puzzle, solve(puzzle), ADDRESS, AGENT, NOW) is None


def test_keys_change_by_themselves_each_day(challenger) -> None:
    before = challenger.puzzle(ADDRESS, AGENT, NOW)
    assert before.split(".")[2] != challenger.puzzle(ADDRESS, AGENT, NOW + PERIOD).split(".")[2]
    late = (NOW // PERIOD + 1) * PERIOD - 1
    puzzle = challenger.puzzle(ADDRESS, AGENT, late)
    given = challenger.solved(puzzle, solve(puzzle), ADDRESS, AGENT, late + 10)
    assert given is not None
    assert challenger.passes(given.encode(), ADDRESS, AGENT, late + 3000)


def test_secrets_can_be_replaced_one_by_one() -> None:
    old, new = Challenger([b"old secret"], bits=4), Challenger([b"new secret", b"old secret"], bits=4)
    puzzle = old.puzzle(ADDRESS, AGENT, NOW)
    given = new.solved(puzzle, solve(puzzle), ADDRESS, AGENT, NOW)
    assert given is not None
    assert not old.passes(given.encode(), ADDRESS, AGENT, NOW)  # the new one signs
    assert Challenger([b"new secret"], bits=4).passes(given.encode(), ADDRESS, AGENT, NOW)


def test_the_pages_script_solves_it(challenger) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("no node on PATH, which runs the page's script here")
    script = Path(page.__file__).with_name("challenge.js")
    for second in range(3):
        puzzle = challenger.puzzle(ADDRESS, AGENT, NOW + second)
        _, bits, seed = puzzle.split(".")
        text = f"process.stdout.write(String(require({str(script)!r})({seed!r}, {bits})(0, 1e6)))"
        found = subprocess.run([node, "-e", text], capture_output=True, text=True, check=True, timeout=50).stdout
        assert found == solve(puzzle)  # both look from 0 on
        assert challenger.solved(puzzle, found, ADDRESS, AGENT, NOW + second)


@pytest.mark.parametrize(
    ("cookies", "given"),
    [
        (b"edgeguard-pass=1.ab", b"1.ab"),
        (b"a=1; edgeguard-pass=1.ab; b=2", b"1.ab"),
        (b"a=1;edgeguard-pass=1.ab", b"1.ab"),
        (b"xedgeguard-pass=1.ab", None),
        (b"a=1", None),
    ],
)
def test_the_pass_among_cookies(cookies, given) -> None:
    assert pass_in(cookies) == given


def test_cookies_without_the_pass() -> None:
    assert without_pass(b"a=1; edgeguard-pass=1.ab; b=2; edgeguard-pass=x") == b"a=1; b=2"
    assert without_pass(b"edgeguard-pass=1.ab") == b""
