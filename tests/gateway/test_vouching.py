from __future__ import annotations

import pytest

from edgeguard.clock import ManualClock
from edgeguard.config.model import Content, Learn
from edgeguard.gateway.vouching import Voucher
from edgeguard.identity.learned import Learned
from edgeguard.identity.slots import Slots
from edgeguard.message import Account, Client, Headers, Request
from edgeguard.waf.editorial.profiles import Profiles

JSON = Headers([(b"content-type", b"application/vnd.api+json; charset=utf-8")])
NOBODY = Client("203.0.113.7", "203.0.113.7")


@pytest.fixture
def voucher() -> Voucher:
    settings = Learn()
    return Voucher(settings, Profiles(Content()), Learned(settings, b"a key of the tests", Slots(256), Slots(256), ManualClock()))


def asked(method: str, path: str, token: str | None = "t", query: bytes | None = None, **more: bytes) -> Request:
    fields = [] if token is None else [(b"authorization", f"Bearer {token}".encode())]
    named = {"content-type": b"application/json"} | {name.replace("_", "-"): value for name, value in more.items()}
    fields += [(name.encode(), value) for name, value in named.items()]
    return Request(method.encode(), path.encode(), path.encode(), query, b"https", b"cms.example", Headers(fields))


def known(voucher: Voucher, token: str = "t", path: str = "/items/7") -> bool:
    return voucher.recognise(asked("PATCH", path, token), NOBODY).authenticated


def test_nobody_is_known_at_first(voucher: Voucher) -> None:
    assert not known(voucher)


def test_a_proof_makes_a_credential_known(voucher: Voucher) -> None:
    voucher.observe(asked("GET", "/users/me"), 200, JSON, bytes)
    assert known(voucher)
    assert not known(voucher, "other")


@pytest.mark.parametrize(
    ("request_", "status", "headers"),
    [
        (asked("GET", "/users/me"), 200, Headers([(b"content-type", b"text/html")])),  # an application's page for any path
        (asked("GET", "/users/me"), 200, Headers()),
        (asked("GET", "/users/me"), 404, JSON),
        (asked("GET", "/users/me"), 304, JSON),
        (asked("GET", "/users/me", None), 200, JSON),
        (asked("GET", "/items/7"), 200, JSON),  # anybody may read
        (asked("POST", "/users/me"), 200, JSON),
        (asked("PATCH", "/items/7"), 200, JSON),  # perhaps anybody may write
        (asked("POST", "/graphql"), 200, JSON),
        (asked("POST", "/login"), 200, JSON),
    ],
)
def test_what_proves_nothing(voucher: Voucher, request_: Request, status: int, headers: Headers) -> None:
    voucher.observe(request_, status, headers, bytes)
    assert not known(voucher)


@pytest.mark.parametrize(("token", "status"), [(None, 401), (None, 403), ("junk", 401)])
def test_a_write_proves_where_strangers_were_refused(voucher: Voucher, token: str | None, status: int) -> None:
    voucher.observe(asked("PATCH", "/items/8", token), status, JSON, bytes)
    voucher.observe(asked("PATCH", "/items/7"), 200, JSON, bytes)
    assert known(voucher)


def test_that_strangers_may_change_nothing_does_not_say_that_they_may_add_nothing(voucher: Voucher) -> None:
    voucher.observe(asked("PATCH", "/items/comments/1", None), 401, JSON, bytes)
    voucher.observe(asked("POST", "/items/comments", "junk"), 201, JSON, bytes)
    assert not known(voucher, "junk")


@pytest.mark.parametrize(
    "refused",
    [
        asked("POST", "/items", None, authorization=b"Basic eDp5"),
        asked("POST", "/items", None, cookie=b"other=1"),
        asked("POST", "/items", "no token at all"),
    ],
)
def test_that_a_credential_was_wrong_says_nothing_of_who_has_none_of_the_kind(refused: Request) -> None:
    learned = Learned(Learn(cookies=["sid"]), b"a key of the tests", Slots(256), Slots(256), ManualClock())
    voucher = Voucher(Learn(), Profiles(Content()), learned)
    voucher.observe(refused, 401, JSON, bytes)
    voucher.observe(made_up := asked("POST", "/items", None, cookie=b"sid=junk"), 201, JSON, bytes)
    assert not voucher.knows(made_up)


@pytest.mark.parametrize(
    "request_",
    [
        asked("GET", "/users/me/..%2F..%2Fserver", "junk"),
        asked("GET", "/users/me/..;/ping", "junk"),
        asked("GET", "/users/me/friends", "junk"),  # who knows what lies there
        asked("GET", "/users/me", "junk", b"_method=OPTIONS"),
        asked("GET", "/users/me", "junk", x_http_method_override=b"OPTIONS"),
        asked("GET", "/users/me", "junk", x_original_url=b"/server/ping"),
        asked("GET", "/users/me", "junk", x_rewrite_url=b"/server/ping"),
    ],
)
def test_what_an_origin_may_take_for_another_request_is_no_proof(voucher: Voucher, request_: Request) -> None:
    voucher.observe(request_, 200, JSON, bytes)
    assert not known(voucher, "junk")


def test_a_proof_may_be_said_to_lie_below_a_path() -> None:
    learned = Learned(Learn(), b"a key of the tests", Slots(256), Slots(256), ManualClock())
    voucher = Voucher(Learn(proofs=["/me/**", "/*/self"]), Profiles(Content()), learned)
    for token, path in (("a", "/me/x/y"), ("b", "/users/self")):
        voucher.observe(asked("GET", path, token), 200, JSON, bytes)
        assert known(voucher, token)


@pytest.mark.parametrize("body", [b'{"_method": "GET"}', b'{"_m\\u0065thod": "GET"}', None])
def test_a_body_that_names_a_method_or_was_not_read_proves_nothing(voucher: Voucher, body: bytes | None) -> None:
    voucher.observe(asked("POST", "/items", None), 401, JSON, bytes)
    voucher.observe(asked("POST", "/items", "junk"), 200, JSON, lambda: body)
    assert not known(voucher, "junk")


def test_a_refusal_that_may_be_about_what_was_written_says_nothing_of_strangers(voucher: Voucher) -> None:
    voucher.observe(asked("POST", "/items", "junk"), 403, JSON, bytes)
    voucher.observe(asked("POST", "/items", "junk"), 201, JSON, bytes)
    assert not known(voucher, "junk")


@pytest.mark.parametrize(
    "request_",
    [
        asked("POST", "/items", "junk", x_http_method_override=b"GET"),
        asked("POST", "/items", "junk", x_method_override=b"GET"),
        asked("POST", "/items", "junk", b"%5fm%65thod=GET"),
        asked("POST", "/items", "junk", b"_Method=GET"),
        asked("POST", "/items", "junk", content_type=b"application/x-www-form-urlencoded"),
    ],
)
def test_a_write_that_an_origin_may_take_for_a_read_proves_nothing(voucher: Voucher, request_: Request) -> None:
    voucher.observe(asked("POST", "/items", None), 401, JSON, bytes)
    voucher.observe(request_, 200, JSON, bytes)
    assert not known(voucher, "junk")


def test_a_refusal_elsewhere_says_nothing(voucher: Voucher) -> None:
    voucher.observe(asked("POST", "/items", None), 401, JSON, bytes)
    voucher.observe(asked("POST", "/items/comments", "junk"), 201, JSON, bytes)
    assert not known(voucher, "junk")


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_makes_it_forgotten_and_is_no_sign_of_a_guard(voucher: Voucher, status: int) -> None:
    voucher.observe(asked("GET", "/users/me"), 200, JSON, bytes)
    voucher.observe(asked("PATCH", "/items/7"), status, JSON, bytes)
    assert not known(voucher)
    voucher.observe(asked("PATCH", "/items/7"), 200, JSON, bytes)
    assert not known(voucher)


def test_a_refused_proof_makes_it_forgotten(voucher: Voucher) -> None:
    voucher.observe(asked("GET", "/users/me"), 200, JSON, bytes)
    voucher.observe(asked("GET", "/users/me"), 401, JSON, bytes)
    assert not known(voucher)


def test_only_writes_under_a_profile_are_vouched_for(voucher: Voucher) -> None:
    voucher.observe(asked("GET", "/users/me"), 200, JSON, bytes)
    assert not known(voucher, path="/other")
    assert voucher.recognise(asked("GET", "/items/7"), NOBODY) is NOBODY


def test_who_is_authenticated_already_stays_as_it_is(voucher: Voucher) -> None:
    client = Client("203.0.113.7", "203.0.113.7", Account("editor", "token", verified=True))
    assert voucher.recognise(asked("PATCH", "/items/7"), client) is client
