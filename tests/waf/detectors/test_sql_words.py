from __future__ import annotations

from edgeguard.waf.detectors.sql_reading import Reading
from edgeguard.waf.detectors.sql_words import CATALOGUE, DANGEROUS, EVERYDAY, PROBING, SECOND, WORDS


def test_all_words_are_in_lower_case() -> None:
    words = {*WORDS, *CATALOGUE, *DANGEROUS, *PROBING, *SECOND}
    assert words == {word.lower() for word in words}


def test_everyday_names_are_dangerous_ones() -> None:
    assert EVERYDAY < DANGEROUS


def test_each_part_of_speech_is_read() -> None:
    assert set(WORDS.values()) <= set(Reading.HANDLERS)


def test_what_a_verb_asks_for_belongs_to_a_verb() -> None:
    assert {WORDS[verb] for verb in SECOND} == {"statement"}
