from __future__ import annotations

from typing import Any

import pytest

from edgeguard.cache import policy
from edgeguard.cache.dates import format_date
from edgeguard.cache.policy import (
    BYPASS,
    CREDENTIALS,
    HEAD,
    METHOD,
    NO_STORE,
    ONLY_IF_CACHED,
    STATUSES,
    Terms,
    asks,
    initial_age,
    terms,
)
from edgeguard.config.model import Cache as Settings
from edgeguard.message import Body, Headers, Request, Response

NOW = 1_700_000_000.0


def request(method: str = "GET", authority: bytes = b"cms.example", body: Body | None = None, **headers: str) -> Request:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Request(method.encode(), b"/", b"/", None, b"https", authority, Headers(fields), body or Body(b""))


@pytest.mark.parametrize(
    ("asked", "flags"),
    [
        (request(), 0),
        (request("HEAD"), HEAD),
        (request("POST"), METHOD),
        (request("OPTIONS"), METHOD),
        (request("get"), METHOD),
        (request(authority=b""), BYPASS),
        (request(body=Body(b"{}")), BYPASS),
        (request(body=Body(None)), BYPASS),
        (request(range="bytes=0-9"), BYPASS),
        (request(if_match='"a"'), BYPASS),
        (request(if_unmodified_since="Sun, 06 Nov 1994 08:49:37 GMT"), BYPASS),
        (request(x_http_method_override="DELETE"), BYPASS),
        (request(x_original_url="/admin"), BYPASS),
        (request(authorization="Bearer x"), CREDENTIALS),
        (request(cookie="session=x"), CREDENTIALS),
        (request(x_api_key="x"), CREDENTIALS),
        (request(apikey="x"), CREDENTIALS),
        (request(connection="Keep-Alive"), 0),
        (request(connection="close, TE"), 0),
        (request(connection="keep-alive, x-tenant"), BYPASS),
        (request(cache_control="No-Store"), NO_STORE),
        (request(cache_control="max-age=0, only-if-cached"), ONLY_IF_CACHED),
        (request(cache_control="no-cache, max-age=0, min-fresh=5, max-stale", pragma="no-cache"), 0),
        (request(if_none_match='"a"', accept="*/*"), 0),
        (request(cookie="a=b", range="bytes=0-9"), CREDENTIALS | BYPASS),
    ],
)
def test_what_requests_ask(asked: Request, flags: int) -> None:
    assert asks(asked) == flags


def told(asked: int = 0, status: int = 200, settings: dict[str, Any] | None = None, **headers: str) -> Terms | str:
    fields = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return terms(asked, Response(status, Headers(fields)), Settings(**{"stale_if_error": 0, **(settings or {})}), NOW)


def kept(fresh: float, revalidate: float = 0, error: float = 0, *, shared: bool = False, vary: tuple[bytes, ...] = ()) -> Terms:
    return Terms(fresh, revalidate, error, shared, vary)


LATER = format_date(NOW + 90).decode()
DATE = format_date(NOW).decode()
EARLIER = format_date(NOW - 30).decode()


@pytest.mark.parametrize(
    ("headers", "result"),
    [
        ({"cache_control": "max-age=60"}, kept(60)),
        ({"cache_control": "max-age=60, s-maxage=10"}, kept(10, shared=True)),
        ({"cache_control": "public, max-age=60"}, kept(60, shared=True)),
        ({"cache_control": "max-age=60, must-revalidate"}, kept(60, shared=True)),
        ({"expires": LATER, "date": DATE}, kept(90)),
        ({"expires": LATER, "date": EARLIER}, kept(120)),
        ({"expires": LATER}, kept(90)),
        ({"expires": LATER, "cache_control": "max-age=5"}, kept(5)),
        ({"cache_control": "max-age=60", "vary": "Accept-Encoding, Origin"}, kept(60, vary=(b"accept-encoding", b"origin"))),
        ({"cache_control": "max-age=0", "etag": '"a"'}, kept(0)),
        ({"cache_control": "no-cache", "etag": '"a"'}, kept(0)),
        ({"cache_control": "no-cache, max-age=60", "etag": '"a"'}, kept(0)),
        ({"cache_control": 'no-cache="x-user", max-age=60', "last_modified": EARLIER}, kept(0)),
        ({"cache_control": "public", "etag": '"a"'}, kept(0, shared=True)),
        ({"cache_control": "max-age=99999999999"}, kept(31_536_000)),
        # In turn: nothing to be gained, nothing allowed.
        ({}, "no-lifetime"),
        ({"etag": '"a"'}, "no-lifetime"),
        ({"cache_control": "max-age=0"}, "no-lifetime"),
        ({"cache_control": "no-cache"}, "no-lifetime"),
        ({"expires": "0"}, "no-lifetime"),
        ({"expires": EARLIER, "date": DATE}, "no-lifetime"),
        ({"cache_control": "no-store, max-age=60"}, "no-store"),
        ({"cache_control": 'max-age=60, x="'}, "no-store"),
        ({"cache_control": "private, max-age=60"}, "private"),
        ({"cache_control": 'private="x-user", max-age=60'}, "private"),
        ({"cache_control": "public, max-age=60", "set_cookie": "a=b"}, "set-cookie"),
        ({"cache_control": "max-age=60", "vary": "*"}, "vary"),
        ({"cache_control": "max-age=60", "content_range": "bytes 0-1/2"}, "partial"),
        ({"cache_control": "max-age=60", "x_evil": "a\r\nset-cookie: b"}, "malformed"),
        ({"cache_control": "max-age=60", "x_evil": "a\0"}, "malformed"),
    ],
)
def test_terms_of_a_plain_request(headers: dict[str, str], result: Terms | str) -> None:
    assert told(**headers) == result


@pytest.mark.parametrize(
    ("control", "result"),
    [
        ("max-age=60", "credentials"),
        ("max-age=60, proxy-revalidate", "credentials"),
        ("max-age=60, public", kept(60, shared=True)),
        ("s-maxage=60", kept(60, shared=True)),
        ("max-age=60, must-revalidate", kept(60, shared=True)),
        ("public, private", "private"),
    ],
)
def test_terms_with_credentials(control: str, result: Terms | str) -> None:
    assert told(CREDENTIALS, cache_control=control) == result


@pytest.mark.parametrize(
    ("control", "settings", "result"),
    [
        ("max-age=60, stale-while-revalidate=5, stale-if-error=7", {}, kept(60, 5, 7)),
        ("max-age=60", {"stale_while_revalidate": 3, "stale_if_error": 4}, kept(60, 3, 4)),
        ("max-age=60, stale-if-error=0", {"stale_if_error": 4}, kept(60)),
        ("max-age=60, must-revalidate, stale-if-error=7", {"stale_if_error": 4}, kept(60, shared=True)),
        ("max-age=60, proxy-revalidate, stale-while-revalidate=5", {"stale_while_revalidate": 4}, kept(60)),
        ("s-maxage=60", {"stale_while_revalidate": 3, "stale_if_error": 4}, kept(60, shared=True)),
        ("s-maxage=60, stale-while-revalidate=5", {"stale_if_error": 4}, kept(60, 5, 0, shared=True)),
        ("max-age=0, stale-while-revalidate=5", {}, kept(0, 5, 0)),
        ("max-age=99", {"most_seconds": 10}, kept(10)),
    ],
)
def test_windows_of_staleness(control: str, settings: dict[str, Any], result: Terms) -> None:
    assert told(settings=settings, cache_control=control) == result


def test_no_cache_is_never_served_stale() -> None:
    settings = {"stale_while_revalidate": 3, "stale_if_error": 4}
    assert told(settings=settings, cache_control="no-cache, stale-if-error=9", etag='"a"') == kept(0)


def test_a_lifetime_is_guessed_only_where_the_settings_say_so_and_nobody_is_known() -> None:
    guess = {"default_seconds": 10}
    assert told(settings=guess) == kept(10)
    assert told(settings=guess, cache_control="max-age=0", etag='"a"') == kept(0)
    assert told(CREDENTIALS, settings=guess) == "credentials"
    assert told(CREDENTIALS, settings=guess, cache_control="public") == kept(10, shared=True)
    assert told(settings=guess, status=302) == "no-lifetime"
    assert told(settings=guess, status=500) == "status"


@pytest.mark.parametrize("asked", [METHOD, BYPASS, NO_STORE, HEAD])
def test_some_requests_store_nothing(asked: int) -> None:
    assert told(asked, cache_control="public, max-age=60") == "request"


@pytest.mark.parametrize("status", range(100, 600))
def test_only_statuses_that_no_odd_request_provokes_are_stored(status: int) -> None:
    result = told(status=status, cache_control="max-age=60")
    assert result == (kept(60) if status in STATUSES else "status")
    assert status not in (206, 304, 400, 401, 403, 405, 413, 414, 431) or result == "status"


@pytest.mark.parametrize(
    ("headers", "asked_at", "age"),
    [
        ([], NOW, 0),
        ([(b"age", b"7")], NOW, 7),
        ([(b"age", b"7")], NOW - 2, 9),
        ([(b"age", b"7, 9")], NOW, 7),
        ([(b"age", b"x")], NOW, 0),
        ([(b"age", b"-7")], NOW, 0),
        ([(b"date", EARLIER.encode())], NOW, 30),
        ([(b"date", EARLIER.encode()), (b"age", b"40")], NOW, 40),
        ([(b"date", LATER.encode())], NOW, 0),
        ([(b"date", b"junk")], NOW - 1, 1),
    ],
)
def test_initial_age(headers: list[tuple[bytes, bytes]], asked_at: float, age: float) -> None:
    assert initial_age(Headers(headers), asked_at, NOW) == age


@pytest.mark.parametrize(
    "name", [b"x-directus-token", b"x-api-key", b"apikey", b"x-auth", b"x-amz-security-token", b"x-session-id"]
)
def test_asks_takes_any_field_that_is_called_like_a_credential_for_one(name: bytes) -> None:
    assert asks(Request(b"GET", b"/", b"/", None, b"https", b"a", Headers([(name, b"x")]))) == CREDENTIALS


def test_asks_remembers_names_within_bounds() -> None:
    for number in range(3000):
        asks(Request(b"GET", b"/", b"/", None, b"https", b"a", Headers([(b"x-made-up-%d" % number, b"1")])))
    assert len(policy._flags) <= policy._NAMES_MOST
