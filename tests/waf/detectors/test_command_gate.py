from __future__ import annotations

from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors.command import detect_command
from edgeguard.waf.detectors.command_gate import GATE
from edgeguard.waf.gate import Gate

_GATE = Gate(GATE)
_PIECES = [
    ";",
    "|",
    "&",
    "`",
    "$(",
    "\n",
    " ",
    "(",
    "{",
    "!",
    "/",
    "/bin/",
    "id",
    "cat",
    "ls",
    "sudo ",
    "a=1 ",
    "/etc/passwd",
    "-c",
    "$a",
    "$b",
    "${x:0:1}",
    "?",
    "*",
    "~/",
    "./x",
    "%comspec%",
    "c:",
    "sleep",
    "5",
    ",",
    "<",
    ">",
    "bash ",
    "python3 ",
    "x",
    "eval ",
    "@",
    "+",
]


def test_hyperscan_reads_all_of_it() -> None:
    assert not _GATE.ungated


def test_the_gate_sees_generated_commands() -> None:
    found = 0
    for parts in product(_PIECES, repeat=3):
        value = "".join(parts).encode()
        if detect_command(value) is not None:
            found += 1
            assert _GATE.hits(value), value
    assert found > 1000


@given(st.lists(st.sampled_from(_PIECES), max_size=9).map("".join))
def test_the_gate_sees_whatever_is_found(value: str) -> None:
    octets = value.encode()
    if detect_command(octets) is not None:
        assert _GATE.hits(octets)
