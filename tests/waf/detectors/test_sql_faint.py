from __future__ import annotations

import pytest

from edgeguard.waf.detectors.sql import detect_sql


@pytest.mark.parametrize(
    ("value", "context", "fingerprint"),
    [
        ("1 --", "bare", "cut"),
        ("1*1/*", "bare", "cut"),
        ("@v--", "bare", "cut"),
        ("AND 7=CONVERT(INT, (x", "bare", "literal"),
        ("'-'", "single", "spliced"),
        ('" | dir %x% | "', "double", "spliced"),
        ("a REAL 1 union select * from t", "bare", "union"),
        ("x y z declare @s varchar(9)", "bare", "declare"),
        ("x y z waitfor delay '0:0:5'", "bare", "waitfor"),
        ("/a/*/*/2 union all/b", "comment", "*/"),
        ("a*/ 2 union all", "comment", "*/"),
        ("'select 1; declare", "single", "adjoined"),
        ("9' (select count(*) from t", "single", "adjoined"),
    ],
)
def test_what_might_be_sql_is_faint(value: str, context: str, fingerprint: str) -> None:
    found = detect_sql(value.encode())
    assert found is not None
    assert (found.confidence, found.context, found.fingerprint) == ("faint", context, fingerprint)
    assert 0 <= found.span[0] < found.span[1] <= len(value)


def test_words_are_looked_for_at_the_beginning() -> None:
    assert detect_sql(b"x " * 1000 + b"declare @s varchar(9)") is not None
    assert detect_sql(b"x " * 3000 + b"declare @s varchar(9)") is None


@pytest.mark.parametrize(
    "value",
    [
        "1 -- and more words",
        "page#",
        "12#",
        "and 5 like this",
        "'-",
        "'a'",
        '"a" - "b"',
        "European union selected",
        "the union all select few",
        "union table how on",
        "undeclared @x int",
        "declare @deprecated",
        "waitfor it",
        "/* a */ 2 apples",
        '"select * from lang"',
        "In 'File' select 1 item",
    ],
)
def test_what_people_write_is_not_even_faint(value: str) -> None:
    assert detect_sql(value.encode()) is None
