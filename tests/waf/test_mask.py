from __future__ import annotations

import pytest

from edgeguard.waf.mask import name_shown, printable, shown


def test_only_the_match_is_shown_and_cut() -> None:
    assert shown("http.request.query.values", b"q", b"abcdef", (2, 4)) == "cd"
    assert shown("http.request.query.values", b"q", b"x" * 100, (0, 100)) == "x" * 64


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("http.request.headers", b"authorization"),
        ("http.request.headers", b"cookie"),
        ("http.request.headers", b"x-api-key"),
        ("http.request.cookies", b"theme"),
        ("http.request.json.values", b"user.Password"),
        ("http.request.form.values", b"access_token"),
        ("http.response.headers", b"set-cookie"),
    ],
)
def test_secrets_are_masked(label: str, name: bytes) -> None:
    assert shown(label, name, b"hunter2", (0, 7)) == "***"


def test_a_raw_match_that_speaks_of_a_secret_is_masked() -> None:
    assert shown("http.request.query", b"", b"password=x", (0, 10)) == "***"
    assert shown("http.request.body", b"", b"id=x", (0, 4)) == "id=x"


def test_control_characters_are_escaped() -> None:
    assert printable(b"a\x1b[0m\n\xff\xe2\x80\xae") == "a\\x1b[0m\\x0a\\xff\\x202e"


def test_names_are_cut_too() -> None:
    assert name_shown(b"n" * 100) == "n" * 64
