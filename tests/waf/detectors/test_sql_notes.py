from __future__ import annotations

from edgeguard.waf.detectors.sql_notes import ENOUGH, WEIGHTS, Notes


def test_a_note_is_taken_once() -> None:
    notes = Notes(2)
    notes.note("union")
    notes.note("union")
    assert notes.notes == ["union"]
    assert notes.points == 2 + WEIGHTS["union"]


def test_no_single_weak_note_is_enough() -> None:
    assert {name for name, weight in WEIGHTS.items() if weight >= ENOUGH} == {"outfile"}
