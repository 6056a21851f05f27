from __future__ import annotations

from edgeguard.waf.explain.steps import piece_of, steps_to
from edgeguard.waf.transformations.registry import SECLANG

PIPELINE = [SECLANG[name] for name in ("urldecodeuni", "removenulls", "lowercase")]


def test_only_steps_that_change_the_value_are_told() -> None:
    steps = steps_to(b"%45VIL", PIPELINE, b"evil", seclang=True)
    assert [(step.name, step.value) for step in steps] == [("urlDecodeUni", b"EVIL"), ("lowercase", b"evil")]
    assert steps_to(b"evil", PIPELINE, b"evil") == ()


def test_they_end_where_the_form_is_reached() -> None:
    assert [step.name for step in steps_to(b"%45VIL", PIPELINE, b"EVIL")] == ["urlDecodeUni"]
    assert steps_to(b"%45VIL", PIPELINE, b"%45VIL") == ()


def test_a_match_stands_apart() -> None:
    piece = piece_of(b"an evil one", (3, 7))
    assert (piece.before, piece.match, piece.after, piece.skipped, piece.more) == (b"an ", b"evil", b" one", 0, 0)


def test_of_a_long_value_what_is_around_the_match_is_shown() -> None:
    piece = piece_of(b"a" * 9000 + b"evil" + b"b" * 9000, (9000, 9004))
    assert piece.match == b"evil"
    assert len(piece.before + piece.match + piece.after) == 4096
    assert piece.skipped + 4096 + piece.more == 18004


def test_a_match_longer_than_is_shown_is_cut() -> None:
    piece = piece_of(b"x" * 9000, (0, 9000))
    assert (len(piece.match), piece.after, piece.more) == (4096, b"", 4904)
