from __future__ import annotations

import pytest

from edgeguard.cache.dates import format_date
from edgeguard.cache.policy import Terms
from edgeguard.cache.stored import Stored, Times, confirms, merged, storable_fields, times_of
from edgeguard.message import Body, Headers, Request

NOW = 1_700_000_000.0
MODIFIED = format_date(NOW - 100)
TIMES = Times(NOW, NOW + 60, NOW + 70, NOW + 80)


def stored(status: int = 200, body: bytes = b"body", fields: tuple[tuple[bytes, bytes], ...] | None = None) -> Stored:
    if fields is None:
        fields = (
            (b"content-type", b"application/json"),
            (b"etag", b'"a"'),
            (b"last-modified", MODIFIED),
            (b"cache-control", b"max-age=60"),
        )
    return Stored(status, fields, body, TIMES, shared=False, vary=())


def request(method: bytes = b"GET", *fields: tuple[bytes, bytes]) -> Request:
    return Request(method, b"/", b"/", None, b"https", b"cms.example", Headers(list(fields)), Body(b""))


async def test_a_hit_has_its_age_its_length_and_the_stored_body_itself() -> None:
    entry = stored()
    response = entry.respond(request(), NOW + 7.9)
    assert response.status == 200
    assert response.headers.get(b"age") == b"7"
    assert response.headers.get(b"content-length") == b"4"
    assert response.headers.get(b"content-type") == b"application/json"
    assert response.body.length == 4
    assert await response.body.read() is entry.body


def test_a_response_can_be_changed_without_changing_what_is_stored() -> None:
    entry = stored()
    entry.respond(request(), NOW).headers.set(b"etag", b"changed")
    entry.respond(request(), NOW).headers.add(b"x-more", b"1")
    entry.respond(request(), NOW).headers.fields.clear()
    again = entry.respond(request(), NOW).headers
    assert (again.get(b"etag"), again.get(b"x-more"), len(again)) == (b'"a"', None, 6)


def test_head_has_the_length_but_no_body() -> None:
    response = stored().respond(request(b"HEAD"), NOW)
    assert response.headers.get(b"content-length") == b"4"
    assert response.body.whole == b""


def test_age_is_never_below_zero() -> None:
    assert stored().respond(request(), NOW - 100).headers.get(b"age") == b"0"


def test_204_has_no_length() -> None:
    assert b"content-length" not in stored(204, b"").respond(request(), NOW).headers


@pytest.mark.parametrize(
    ("field", "status"),
    [
        ((b"if-none-match", b'"a"'), 304),
        ((b"if-none-match", b'W/"a"'), 304),
        ((b"if-none-match", b'"x", "a"'), 304),
        ((b"if-none-match", b"*"), 304),
        ((b"if-none-match", b'"b"'), 200),
        ((b"if-modified-since", MODIFIED), 304),
        ((b"if-modified-since", format_date(NOW)), 304),
        ((b"if-modified-since", format_date(NOW - 101)), 200),
        ((b"if-modified-since", b"yesterday"), 200),
    ],
)
def test_conditions_of_the_client(field: tuple[bytes, bytes], status: int) -> None:
    response = stored().respond(request(b"GET", field), NOW)
    assert response.status == status
    if status == 304:
        assert response.body.whole == b""
        assert [name for name, _ in response.headers] == [b"etag", b"last-modified", b"cache-control", b"age"]


def test_a_tag_that_differs_outweighs_a_date_that_fits() -> None:
    asked = request(b"GET", (b"if-none-match", b'"b"'), (b"if-modified-since", MODIFIED))
    assert stored().respond(asked, NOW).status == 200


def test_conditions_matter_for_200_only() -> None:
    assert stored(404).respond(request(b"GET", (b"if-none-match", b'"a"')), NOW).status == 404


def test_without_last_modified_the_date_stands_in() -> None:
    entry = stored(fields=((b"date", format_date(NOW)),))
    assert entry.respond(request(b"GET", (b"if-modified-since", format_date(NOW))), NOW).status == 304
    assert entry.respond(request(b"GET", (b"if-modified-since", format_date(NOW - 1))), NOW).status == 200


def test_validators_become_conditions() -> None:
    assert stored().conditions() == [(b"if-none-match", b'"a"'), (b"if-modified-since", MODIFIED)]
    assert stored(fields=()).conditions() == []


def test_what_belongs_to_one_connection_is_not_stored() -> None:
    headers = Headers(
        [
            (b"connection", b"close, X-Hop"),
            (b"x-hop", b"1"),
            (b"keep-alive", b"timeout=5"),
            (b"transfer-encoding", b"chunked"),
            (b"trailer", b"x-sum"),
            (b"proxy-authenticate", b"Basic"),
            (b"set-cookie", b"a=b"),
            (b"content-length", b"999"),
            (b"age", b"5"),
            (b"via", b"1.1 inner"),
            (b"date", MODIFIED),
        ]
    )
    assert storable_fields(headers, NOW) == ((b"via", b"1.1 inner"), (b"date", MODIFIED))


def test_a_response_without_date_gets_one() -> None:
    assert storable_fields(Headers(), NOW) == ((b"date", format_date(NOW)),)


def test_times_count_from_the_origin_and_windows_follow_each_other() -> None:
    headers = Headers([(b"age", b"10")])
    assert times_of(headers, Terms(60, 5, 7, shared=False, vary=()), NOW, NOW) == (NOW - 10, NOW + 50, NOW + 55, NOW + 57)


def test_windows_that_were_not_granted_do_not_open_when_the_clock_is_set_back() -> None:
    times = times_of(Headers(), Terms(0, 0, 0, shared=False, vary=()), NOW, NOW)
    assert times == (NOW, 0, 0, 0)
    assert times_of(Headers(), Terms(0, 5, 0, shared=False, vary=()), NOW, NOW) == (NOW, 0, NOW + 5, 0)


def test_a_304_replaces_fields_but_not_those_of_the_body() -> None:
    update = Headers(
        [
            (b"cache-control", b"max-age=5"),
            (b"date", format_date(NOW)),
            (b"content-type", b"text/html"),
            (b"content-encoding", b"gzip"),
            (b"content-length", b"0"),
            (b"set-cookie", b"a=b"),
            (b"connection", b"close"),
            (b"x-new", b"1"),
        ]
    )
    assert merged(stored(), update, NOW).fields == [
        (b"content-type", b"application/json"),
        (b"etag", b'"a"'),
        (b"last-modified", MODIFIED),
        (b"cache-control", b"max-age=5"),
        (b"date", format_date(NOW)),
        (b"x-new", b"1"),
    ]


def test_a_304_confirms_only_the_tag_that_was_asked_for() -> None:
    assert confirms(stored(), Headers([(b"etag", b'W/"a"')]))
    assert confirms(stored(), Headers())
    assert not confirms(stored(), Headers([(b"etag", b'"b"')]))


def test_size_counts_everything_that_grows() -> None:
    small, large = stored(body=b""), stored(body=b"x" * 1000)
    assert large.size - small.size == 1000
    more = stored(body=b"", fields=(*small.fields, (b"x-name", b"y" * 500)))
    assert more.size - small.size > 506


def test_repr_tells_no_content() -> None:
    assert repr(stored()) == "Stored(200, 4 bytes, fresh until 1700000060)"
