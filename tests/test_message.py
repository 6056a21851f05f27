from __future__ import annotations

import pytest

from edgeguard.message import Body, Headers, Request

ACCEPT = [(b"accept", b"text/html"), (b"host", b"a"), (b"accept", b"*/*")]


def request(authority: bytes) -> Request:
    return Request(b"GET", b"/", b"/", None, b"http", authority, Headers())


class TestHeaders:
    def test_get_joins_every_value_of_a_name(self) -> None:
        assert Headers(ACCEPT).get(b"accept") == b"text/html, */*"

    def test_get_joins_cookies_as_cookies_are_joined(self) -> None:
        assert Headers([(b"cookie", b"a=1"), (b"cookie", b"b=2"), (b"cookie", b"c=3")]).get(b"cookie") == b"a=1; b=2; c=3"

    def test_get_tells_an_empty_value_from_none(self) -> None:
        headers = Headers([(b"accept", b"")])
        assert (headers.get(b"accept"), headers.get(b"host")) == (b"", None)

    def test_get_all_keeps_values_apart_and_in_order(self) -> None:
        headers = Headers(ACCEPT)
        assert headers.get_all(b"accept") == [b"text/html", b"*/*"]
        assert headers.get_all(b"cookie") == []

    def test_contains_iter_len(self) -> None:
        headers = Headers(iter(ACCEPT))
        assert b"host" in headers
        assert b"cookie" not in headers
        assert list(headers) == ACCEPT
        assert len(headers) == 3

    def test_eq_looks_at_fields_and_their_order(self) -> None:
        assert Headers(ACCEPT) == Headers(tuple(ACCEPT))
        assert Headers(ACCEPT) != Headers(ACCEPT[::-1])
        assert Headers() != []

    def test_hash_is_refused_because_headers_change(self) -> None:
        with pytest.raises(TypeError, match="unhashable"):
            hash(Headers())

    def test_repr_shows_the_fields(self) -> None:
        assert repr(Headers([(b"host", b"a")])) == "Headers([(b'host', b'a')])"

    def test_add_is_seen_by_a_look_up_made_before(self) -> None:
        headers = Headers(list(ACCEPT))
        assert headers.get(b"via") is None
        headers.add(b"via", b"1.1 a")
        headers.add(b"via", b"1.1 b")
        assert headers.get(b"via") == b"1.1 a, 1.1 b"

    def test_set_leaves_one(self) -> None:
        headers = Headers(list(ACCEPT))
        assert b"accept" in headers
        headers.set(b"accept", b"image/png")
        headers.set(b"via", b"x")
        assert headers.fields == [(b"host", b"a"), (b"accept", b"image/png"), (b"via", b"x")]
        assert headers.get(b"accept") == b"image/png"

    def test_remove_drops_all_of_a_name(self) -> None:
        headers = Headers(list(ACCEPT))
        headers.remove(b"accept")
        headers.remove(b"cookie")
        assert headers.fields == [(b"host", b"a")]
        assert headers.get(b"accept") is None

    def test_copy_and_without_leave_the_original_alone(self) -> None:
        headers = Headers(list(ACCEPT)).shared()
        copy, without = headers.copy(), headers.without(frozenset((b"accept",)))
        copy.add(b"via", b"x")
        without.set(b"host", b"b")
        assert headers.fields == ACCEPT
        assert (len(copy), without.fields) == (4, [(b"host", b"b")])

    def test_shared_refuses_every_change(self) -> None:
        headers = Headers(list(ACCEPT))
        assert headers.shared() is headers
        for change in (
            lambda: headers.add(b"via", b"x"),
            lambda: headers.set(b"via", b"x"),
            lambda: headers.set(b"accept", b"x"),
            lambda: headers.remove(b"accept"),
        ):
            with pytest.raises(TypeError, match="shared"):
                change()
        headers.remove(b"via")  # which changes nothing
        assert headers.fields == ACCEPT
        assert headers.get(b"accept") == b"text/html, */*"


class TestBody:
    async def test_whole_is_read_once(self) -> None:
        body = Body(b"abc")
        assert (body.length, body.whole, body.limit) == (3, b"abc", None)
        assert [await body.read(), await body.read(), await body.read()] == [b"abc", b"", b""]

    async def test_nothing_is_the_default(self) -> None:
        body = Body()
        assert (body.length, body.whole, await body.read()) == (0, b"", b"")

    def test_length_of_one_on_its_way(self) -> None:
        assert (Body(None).length, Body(None, 5).length, Body(None, 5).whole) == (None, 5, None)

    def test_abandon_may_be_said_of_any(self) -> None:
        body = Body(b"abc")
        body.abandon()
        assert body.whole == b"abc"


class TestRequest:
    @pytest.mark.parametrize(
        ("authority", "host"),
        [
            (b"cms.example", b"cms.example"),
            (b"cms.example:8443", b"cms.example"),
            (b"cms.example:", b"cms.example"),
            (b"[::1]", b"[::1]"),
            (b"[::1]:80", b"[::1]"),
            (b"[2001:db8::80]", b"[2001:db8::80]"),
            (b"127.0.0.1:80", b"127.0.0.1"),
        ],
    )
    def test_host(self, authority: bytes, host: bytes) -> None:
        assert request(authority).host == host

    def test_each_has_a_body_of_its_own(self) -> None:
        assert request(b"a").body is not request(b"a").body
