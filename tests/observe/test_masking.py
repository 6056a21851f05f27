from __future__ import annotations

import time

import pytest

from edgeguard.observe.masking import TEXT_CHARACTERS, cut, is_secret_name, masked, masked_query

SECRET = [
    *("token", "access_token", "accessToken", "KEY", "key", "apiKey", "api-key", "X-API-Key", "password", "passwd", "pwd"),
    *("client_secret", "authorization", "code", "sessionid", "PHPSESSION", "signature", "X-Amz-Signature", "sig", "user[pass]"),
    *("%74oken", "%6bey", "jwt", "oauth_verifier", "set-cookie", "KEY_ID"),
]
HARMLESS = ["", "limit", "keyword", "monkey", "filter[author]", "encoding", "design", "compass", "q", "opinion"]


@pytest.mark.parametrize("name", SECRET)
def test_names_of_secrets(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_names_of_nothing_secret(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("limit=10&sort=-date", "limit=10&sort=-date"),
        ("a=1&token=abc&b=2", "a=1&token=***&b=2"),
        ("a=1;token=abc", "a=1;token=***"),
        ("token=a=b=c", "token=***"),
        ("%74oken=abc", "%74oken=***"),
        ("token", "token"),
        ("next=/in?token=abc&b=1", "next=***&b=1"),
        ("next=%2Fin%3Fa%3D1%26token%3Dabc&b=1", "next=***&b=1"),
        ("next=/in?page=2", "next=/in?page=2"),
        ("cursor=YWJj==", "cursor=YWJj=="),
        ("token&a=1", "token&a=1"),
        ("", ""),
        ("next=eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "next=***"),
        ("eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "***"),
    ],
)
def test_queries(query: str, shown: str) -> None:
    assert masked_query(query) == shown
    assert masked_query(shown) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("connection to redis://:hunter2@redis:6379/0 lost", "connection to redis://***@redis:6379/0 lost"),
        ("rediss://user:p@ss/w@host/0", "rediss://***@host/0"),
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        ("basic dXNlcjpwYXNz", "basic ***"),
        ("password: hunter2 given", "password: *** given"),
        ("password:hunter2", "password:***"),
        ("{'api_key': 'zz'}", "{'api_key': ***"),
        ("GET https://h/p?token=1&b=2", "GET https://h/p?token=***&b=2"),
        ("KeyError: 'limit'", "KeyError: 'limit'"),
        ("the token has expired", "the token has expired"),
        ("line one\npassword: x\nline three", "line one\npassword: ***\nline three"),
    ],
)
def test_free_text(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_free_text_is_cut_before_it_is_looked_at() -> None:
    assert len(masked("a" * 10 * TEXT_CHARACTERS)) == TEXT_CHARACTERS
    started = time.perf_counter()
    for hostile in (":", "=", "@", "://", "&", "bearer ", "a:", ";", "?="):
        masked(hostile * 1_000_000)
    assert time.perf_counter() - started < 2.0


def test_cutting_leaves_a_mark() -> None:
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdefg", 6) == "abc..."


def test_the_memo_of_names_is_bounded() -> None:
    for number in range(5000):
        is_secret_name(f"name{number}")
    assert is_secret_name.cache_info().currsize <= 1024
