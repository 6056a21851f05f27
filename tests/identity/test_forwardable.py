from __future__ import annotations

import pytest

from edgeguard.config.model import Identity
from edgeguard.identity.forwardable import _LONGEST_NAME, _MEMO, ONE_HOP, OVERRIDES, PROXIES_ONLY, ForwardFilter
from edgeguard.message import Headers


def going_on(*names: bytes, trusted: bool = False, connection: bytes | None = None, **settings: object) -> list[bytes]:
    """The names that go on, of fields with these names."""
    fields = [(name, b"v") for name in names]
    if connection is not None:
        fields.insert(0, (b"connection", connection))
    headers = Headers(fields)
    result = ForwardFilter(Identity.model_validate(settings)).forwardable(headers, trusted)
    assert headers.fields == fields, "the request itself must stay as it was"
    return [name for name, _ in result]


ORDINARY = (
    b"host",
    b"accept",
    b"authorization",
    b"cookie",
    b"content-type",
    b"content-length",
    b"if-none-match",
    b"via",
    b"x-api-key",
    b"x-anything",
)


@pytest.mark.parametrize("trusted", [False, True])
def test_ordinary_fields_go_on_in_order(trusted: bool) -> None:
    assert going_on(*ORDINARY, b"cookie", trusted=trusted) == [*ORDINARY, b"cookie"]


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize("name", sorted(ONE_HOP | OVERRIDES | {b"proxy-foo", b"x-edgeguard-request", b"x-edgeguard-"}))
def test_fields_that_never_go_on(name: bytes, trusted: bool) -> None:
    assert going_on(b"host", name, b"accept", trusted=trusted) == [b"host", b"accept"]


@pytest.mark.parametrize(
    "name",
    sorted((PROXIES_ONLY - {b"forwarded"}) | {b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-new", b"x-ssl-client-dn"}),
)
def test_fields_that_only_trusted_proxies_set(name: bytes) -> None:
    assert going_on(name) == []
    assert going_on(name, trusted=True) == [name]


@pytest.mark.parametrize(("kept", "other"), [("forwarded", "x-forwarded-for"), ("x-forwarded-for", "forwarded")])
def test_of_the_two_chains_only_that_which_trusted_proxies_keep_goes_on(kept: str, other: str) -> None:
    names = (kept.encode(), other.encode())
    assert going_on(*names, trusted=True, forwarded=kept) == [kept.encode()]
    assert going_on(*names) == []


@pytest.mark.parametrize("trusted", [False, True])
@pytest.mark.parametrize(
    "name", [b"x_forwarded_for", b"transfer_encoding", b"content_length", b"x-forwarded_for", b"_", b"host_"]
)
def test_underscores_fold_into_hyphens_at_some_origins_so_they_stay_here(name: bytes, trusted: bool) -> None:
    assert going_on(name, trusted=trusted) == []


@pytest.mark.parametrize("connection", [b"keep-alive", b"close", b"Keep-Alive", b"Close", b"CLOSE", b"", b" , "])
def test_plain_connections(connection: bytes) -> None:
    assert going_on(b"host", b"keep-alive", connection=connection) == [b"host"]


def test_named_fields_are_of_one_hop() -> None:
    assert going_on(b"host", b"x-hop", b"x-stay", b"x-other", connection=b"close, X-Hop,\tx-other ,") == [b"host", b"x-stay"]


@pytest.mark.parametrize(
    "name",
    [
        b"host",
        b"authorization",
        b"cookie",
        b"content-length",
        b"content-type",
        b"cache-control",
        b"accept-encoding",
        b"if-match",
        b"origin",
        b"sec-fetch-site",
        b"access-control-request-method",
    ],
)
def test_naming_what_the_rules_have_seen_does_not_drop_it(name: bytes) -> None:
    assert going_on(name, b"accept", connection=b"close, " + name) == [name, b"accept"]


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"x-real-ip", b"x-forwarded-proto", b"x-account", b"x-request-id"])
def test_naming_what_a_proxy_has_set_does_not_drop_it(name: bytes) -> None:
    settings = {"accounts": [{"header": "X-Account"}]}
    assert going_on(name, trusted=True, connection=b"close, " + name, **settings) == [name]


def test_a_field_that_names_the_account_is_dropped_from_strangers() -> None:
    settings = {"accounts": [{"header": "X-Account"}, {"header": "x-open", "untrusted": True}, {"token": "x-token"}]}
    assert going_on(b"x-account", b"x-open", b"x-token", **settings) == [b"x-open", b"x-token"]
    assert going_on(b"x-account", trusted=True, **settings) == [b"x-account"]


def test_what_is_remembered_is_bounded_in_number_and_size() -> None:
    kept = ForwardFilter(Identity())
    for start in range(0, _MEMO + 200, 50):
        kept.forwardable(Headers([(b"x-%d" % number, b"") for number in range(start, start + 50)]), trusted=False)
    assert len(kept._from_strangers) == _MEMO
    fresh = ForwardFilter(Identity())
    long = b"x" * (_LONGEST_NAME + 1)
    assert fresh.forwardable(Headers([(long, b"")]), trusted=False).fields == [(long, b"")]
    assert len(fresh._from_strangers) == 0


def test_a_full_memo_still_answers_rightly() -> None:
    kept = ForwardFilter(Identity())
    for number in range(_MEMO):
        kept.forwardable(Headers([(b"x-%d" % number, b"")]), trusted=False)
    names = [b"accept", b"x-forwarded-for", b"x_y", b"connection", b"cookie"]
    assert [name for name, _ in kept.forwardable(Headers([(name, b"") for name in names]), trusted=False)] == [
        b"accept",
        b"cookie",
    ]


def test_a_list_of_many_names() -> None:
    listed = b",".join(b"x-%d" % number for number in range(5000))
    assert going_on(b"x-7", b"accept", connection=listed) == [b"accept"]
