from __future__ import annotations

from edgeguard.waf.detectors.command_words import ALONE, BEFORE, EVERYDAY, NAMES, PRODUCTS, RUNNERS, SHOWN, SUBCOMMANDS, TELLING


def test_names_are_in_lower_case_and_have_no_blanks() -> None:
    for words in (ALONE, BEFORE, EVERYDAY, NAMES, PRODUCTS, RUNNERS, SHOWN, TELLING):
        assert all(word == word.lower() and not word.isspace() for word in words)


def test_words_of_everyday_language_need_an_argument() -> None:
    assert not EVERYDAY & TELLING
    assert {b"cat", b"find", b"more"} <= EVERYDAY
    assert ALONE | EVERYDAY | TELLING | SUBCOMMANDS.keys() == NAMES
