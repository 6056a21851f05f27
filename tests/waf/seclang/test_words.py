from __future__ import annotations

import pytest

from edgeguard.waf.seclang.words import Ahead, Misplaced, closing, first_word, shown, unescape, words


def texts(rest: str) -> list[str]:
    return [word.text for word in words(rest)]


@pytest.mark.parametrize(
    ("rest", "found"),
    [
        ("", []),
        ("a\t b  c ", ["a", "b", "c"]),
        ('"a b" c', ["a b", "c"]),
        ("'a \"b' c", ['a "b', "c"]),
        (r'"a \" b" c', ['a " b', "c"]),
        (r'"a\\" b', ["a\\", "b"]),
        ('"a""b"', ["a", "b"]),
        (r'"\d\x5c\\d"', [r"\d\x5c\d"]),
        (r"A:'/b/'|C d", ["A:'/b/'|C", "d"]),
        ('""', [""]),
    ],
)
def test_words(rest: str, found: list[str]) -> None:
    assert texts(rest) == found


def test_a_word_knows_where_it_stands_and_whether_it_has_pairs() -> None:
    first, second = words(r'ab "c\\d" ')
    assert (first.at, first.end, first.doubled) == (0, 2, False)
    assert (second.at, second.end, second.doubled) == (4, 9, True)


@pytest.mark.parametrize(
    ("rest", "at", "told"),
    [
        ('a "b c', 2, "not closed"),
        (r'a "b\"', 2, "not closed"),
        ('a "b"c', 4, r"inside quotes one is written \""),
        ("a 'b'c", 4, r"inside quotes one is written \'"),
    ],
)
def test_quotes_that_do_not_fit(rest: str, at: int, told: str) -> None:
    with pytest.raises(Misplaced, match="quote") as caught:
        words(rest)
    assert caught.value.at == at
    assert told in str(caught.value)


def test_the_first_word_ends_at_a_space_or_a_tab() -> None:
    assert first_word("a b\tc") == ("a", "b\tc")
    assert first_word("a\tb c") == ("a", "b c")
    assert first_word("a") == ("a", "")


def test_an_odd_number_of_backslashes_escapes() -> None:
    assert closing(r"a\'b'", 0, "'") == 4
    assert closing(r"a\\'b'", 0, "'") == 3
    assert closing("a", 0, "'") == -1


def test_pairs_of_backslashes_are_halved_or_kept() -> None:
    assert unescape(r"\\\"\'\d\\\\", '"') == r"\"\'\d" + r"\\"
    assert unescape(r"\\\"\d", '"', "kept") == r"\\" + r'"\d'
    assert unescape("a\\", '"') == "a\\"
    assert [word.text for word in words(r'"\\d"', "kept")] == [r"\\d"]


def test_ahead_looks_at_no_place_twice() -> None:
    ahead = Ahead("a,b|c", "|,")
    assert [ahead.find(at) for at in range(6)] == [1, 1, 3, 3, 5, 5]


def test_what_faults_show_is_short_and_on_one_line() -> None:
    assert shown("a\nb") == "a b"
    assert len(shown("x" * 10_000)) <= 41
