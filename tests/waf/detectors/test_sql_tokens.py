from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.waf.detectors.sql_tokens import QUOTES, Text, close, tokens


def kinds(value: bytes) -> list[tuple[str, bytes]]:
    return [(kind, word) for kind, word, _, _ in tokens(Text(value), 0)]


@pytest.mark.parametrize(
    "number", [b"1", b"1.5", b".5", b"1e0", b"1.e1", b"5e+3", b"0x41", b"0b01", b"1."], ids=lambda one: one.decode()
)
def test_numbers_end_where_a_word_begins(number: bytes) -> None:
    assert kinds(number + b"union") == [("number", number), ("union", b"union")]
    assert kinds(number) == [("number", number)]


@pytest.mark.parametrize(
    "text",
    [b"'a'", b"'a''b'", b"'a\\'b'", b'"a"', b"n'a'", b"E'a'", b"_utf8'a'", b"q'[a'b]'", b"q'!a'!'", b"$$a'$$", b"$t$a$t$"],
    ids=lambda one: one.decode(),
)
def test_texts_of_all_dialects(text: bytes) -> None:
    assert kinds(text + b" = 1") == [("text", text.lower()), ("compare", b"="), ("number", b"1")]


def test_a_text_without_its_end_takes_the_rest() -> None:
    assert kinds(b"1='a -- b") == [("number", b"1"), ("compare", b"="), ("open", b"'a -- b")]


@pytest.mark.parametrize("between", [b" ", b"\0", b"\v", b"/**/", b"/* or */", b"\xa0", b"/*!50000 */"])
def test_what_stands_between_words(between: bytes) -> None:
    assert kinds(b"union" + between + b"select") == [("union", b"union"), ("select", b"select")]


def test_what_mysql_runs_in_comments_is_read() -> None:
    assert kinds(b"/*!50000union*/ /*M!100000 select */") == [("union", b"union"), ("select", b"select")]


def test_comments_that_may_cut_off_a_statement() -> None:
    assert kinds(b"1-- a\n#b\n/*c") == [("number", b"1"), ("comment", b"-- a"), ("comment", b"#b"), ("comment", b"/*c")]


@pytest.mark.parametrize("name", [b"`a b`", b"[a b]"])
def test_quoted_names(name: bytes) -> None:
    assert kinds(name + b".x") == [("name", name), (".", b"."), ("word", b"x")]


def test_operators() -> None:
    marks = b"|| && | & + - * / % ^ = <=> <> != << >> :: := ~ ! ->>"
    told = " ".join(kind for kind, _ in kinds(marks))
    signs = "operator operator operator operator * operator operator operator"
    assert told == f"logic logic {signs} compare compare compare compare operator operator cast compare not not operator"


def test_a_quote_closes_unless_doubled_or_escaped() -> None:
    assert close(b"a''b\\'c'd", b"'", 0) == 7
    assert close(b"a\\\\'", b"'", 0) == 3
    assert close(b"''" * (QUOTES + 2) + b"'", b"'", 0) == -1


@given(st.binary(max_size=2000))
def test_tokens_move_forward_and_are_bounded(value: bytes) -> None:
    last = 0
    found = list(tokens(Text(value), 0))
    assert len(found) <= 192
    for _, word, start, end in found:
        assert last <= start < end <= len(value)
        assert len(word) == end - start
        last = end


def test_their_number_is_bounded() -> None:
    assert len(list(tokens(Text(b"1+" * 10_000), 0))) == 192
