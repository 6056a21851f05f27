from __future__ import annotations

import os

import pytest

from edgeguard.waf.expression import Expression
from edgeguard.waf.gate import Gate
from edgeguard.waf.pattern import compile_pattern


def test_each_hit_once() -> None:
    gate = Gate([Expression(b"a"), Expression(b"b"), Expression(b"x")])
    assert sorted(gate.hits(b"abab")) == [0, 1]
    assert not gate.hits(b"")
    assert len(gate) == 3


def test_nothing_to_look_for() -> None:
    assert not Gate([]).hits(b"abc")


def test_what_hyperscan_cannot_read_is_reported_and_does_not_spoil_the_rest() -> None:
    gate = Gate([Expression(b"a"), Expression(b"(?<=a)b"), Expression(rb"(a)\1")])
    assert gate.ungated <= {1, 2}
    assert list(gate.hits(b"a")) in ([0], [0, 2])
    prefiltered = {1, 2} - gate.ungated
    assert all(number in gate.hits(b"aab") for number in prefiltered)


def test_a_failing_engine_says_perhaps_to_all() -> None:
    gate = Gate([Expression(b"a"), Expression(b"b")])
    other = Gate([Expression(b"zzz" * 200)])

    inner: list[object] = []

    class Reentrant(list[int]):
        def append(self, number: int) -> None:
            inner.append(gate.hits(b"nothing"))
            super().append(number)

    assert gate._scan is not None
    gate._scan(b"a", lambda number, _start, _end, _flags, found: found.append(number), 0, Reentrant())
    assert inner == [range(2)]
    assert not other.hits(b"a")


def test_a_database_compiled_before_a_fork_works_in_the_child() -> None:
    gate = Gate([Expression(b"abc")])
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:  # pragma: no cover - another process
        os.write(writer, bytes([len(gate.hits(b"xabcx")), len(gate.hits(b"x"))]))
        os._exit(0)
    os.close(writer)
    _, status = os.waitpid(child, 0)
    assert (status, os.read(reader, 10)) == (0, bytes([1, 0]))
    os.close(reader)


@pytest.mark.parametrize("other", ["ab$", r"ab\b", r"ab\s*\z", "ab", r"\Aab\z", r"xa\B"])
@pytest.mark.parametrize("text", ["-", "--", "bc", "b-c", "----", r"-\b", r"(?i)qR", "[bc]d"])
def test_a_literal_at_the_end_of_a_value_is_seen_wherever_the_end_is(text: str, other: str) -> None:
    patterns = [compile_pattern(text), compile_pattern(other), compile_pattern("foo$")]
    gate = Gate([pattern.gate for pattern in patterns if pattern.gate is not None])
    for filler in (b"x", b" ", b"'"):
        for length in range(100):
            for ending in (b"-", b"--", b"bc", b"b-c", b"----", b"a-", b"QR", b"cd", b"ab", b"xab"):
                value = filler * length + ending
                seen = gate.hits(value)
                for number, pattern in enumerate(patterns):
                    if pattern.search(value) is not None:
                        assert number in seen


@pytest.mark.parametrize("between", [0, 1, 40, 61, 62, 63, 64, 100, 1000, 5000])
def test_the_engine_finds_what_follows_at_any_distance(between: int) -> None:
    # Vectorscan 5.4.12 overlooks it from 62 bytes on (its issue 358): pyproject.toml keeps to a version that does not.
    gate = Gate([Expression(rb"ab.*=\s*\(\s*SELECT"), Expression(rb"union.+from\s*x\s*where")])
    assert list(gate.hits(b"ab" + b"x" * between + b"=(SELECT")) == [0]
    assert list(gate.hits(b"union" + b"y" * (between + 1) + b"from x where")) == [1]
