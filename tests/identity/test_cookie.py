from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from edgeguard.config.model import FromCookie
from edgeguard.identity.cookie import CookieSource, cookie_value
from edgeguard.identity.credential import LONGEST_CREDENTIAL, Keyed
from edgeguard.message import Account

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.message import Request


@pytest.mark.parametrize(
    ("cookies", "value"),
    [
        (b"sid=abc", b"abc"),
        (b"a=1; sid=abc; b=2", b"abc"),
        (b"a=1;sid=abc", b"abc"),
        (b"a=1;\t sid=abc ", b"abc"),
        (b'sid="abc"', b"abc"),
        (b"sid=a=b", b"a=b"),
        (b"sid=1; sid=2", b"1"),
        (b"xsid=no; sid=abc", b"abc"),
        (b"a=x sid=no; sid=abc", b"abc"),
        (b"a=sid=no", b""),
        (b"sid", b""),
        (b"sid=", b""),
        (b"", b""),
        (b"SID=abc", b""),
    ],
)
def test_the_value_of_a_cookie(cookies: bytes, value: bytes) -> None:
    assert cookie_value(cookies, b"sid=") == value


def test_the_account_is_the_hash(request_with: Callable[..., Request], key: bytes) -> None:
    source = CookieSource(FromCookie(cookie="sid"), key)
    expected = Account(Keyed(key, "cookie").digest(b"s3cret").hex(), "cookie", verified=False)
    assert source.account(request_with(b"cookie", b"a=1", b"cookie", b"sid=s3cret"), trusted=False) == expected
    assert "s3cret" not in repr(expected)


@pytest.mark.parametrize("cookies", [b"a=1", b"sid=", b"sid=" + b"a" * (LONGEST_CREDENTIAL + 1)])
def test_no_account(request_with: Callable[..., Request], key: bytes, cookies: bytes) -> None:
    source = CookieSource(FromCookie(cookie="sid"), key)
    assert source.account(request_with(b"cookie", cookies), trusted=False) is None
    assert source.account(request_with(), trusted=False) is None


@pytest.mark.parametrize("piece", [b" sid=", b"sid=", b" ", b"x sid=", b"sid"])
def test_time_does_not_grow_faster_than_the_field(piece: bytes) -> None:
    cookies = b"x" + piece * (32 * 1024 // len(piece))
    start = time.perf_counter()
    assert cookie_value(cookies, b"sid=") == b""
    assert time.perf_counter() - start < 0.1
