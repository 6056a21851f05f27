from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from edgeguard.wire.grammar import FramingError
from edgeguard.wire.target import normalise, split

UNRESERVED = b"-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
PIECES = [
    b"/",
    b"//",
    b".",
    b"..",
    b"%2e",
    b"%2E",
    b"%2f",
    b"%5c",
    b"%5C",
    b"\\",
    b"a",
    b"B",
    b"%41",
    b"%25",
    b"%c3%a9",
    b";",
    b"~",
]
paths = st.lists(st.sampled_from(PIECES), max_size=14).map(lambda parts: b"/" + b"".join(parts))


def refusal(target: bytes, method: bytes = b"GET") -> str:
    with pytest.raises(FramingError) as caught:
        split(target, method)
    return caught.value.reason


class TestSplit:
    @pytest.mark.parametrize(
        ("target", "parts"),
        [
            (b"/", (None, b"/", None)),
            (b"/?", (None, b"/", b"")),
            (b"/a?b=c?d", (None, b"/a", b"b=c?d")),
            (b"//evil.example/a", (None, b"//evil.example/a", None)),
            (b"/http://evil.example/", (None, b"/http://evil.example/", None)),
            (b"/a:b@c", (None, b"/a:b@c", None)),
        ],
    )
    def test_origin_form(self, target: bytes, parts: tuple[bytes | None, bytes, bytes | None]) -> None:
        assert split(target, b"GET") == parts

    @pytest.mark.parametrize(
        ("target", "parts"),
        [
            (b"http://a/b?c", (b"a", b"/b", b"c")),
            (b"HTTPS://CMS.Example:8443/b", (b"cms.example:8443", b"/b", None)),
            (b"http://a", (b"a", b"/", None)),
            (b"http://a?b", (b"a", b"/", b"b")),
            (b"http://a?b=/c", (b"a", b"/", b"b=/c")),
            (b"http://a?", (b"a", b"/", b"")),
            (b"http://a/?b=http://c", (b"a", b"/", b"b=http://c")),
            (b"http://a//b", (b"a", b"//b", None)),
            (b"http://[::1]:80/b", (b"[::1]:80", b"/b", None)),
        ],
    )
    def test_absolute_form(self, target: bytes, parts: tuple[bytes, bytes, bytes | None]) -> None:
        assert split(target, b"GET") == parts

    def test_asterisk_form_is_for_options_alone(self) -> None:
        assert split(b"*", b"OPTIONS") == (None, b"*", None)
        assert refusal(b"*") == "bad-target-form"
        assert refusal(b"*?a", b"OPTIONS") == "bad-target-form"
        assert refusal(b"**", b"OPTIONS") == "bad-target-form"

    @pytest.mark.parametrize(
        "target",
        [
            b"a",
            b"a/b",
            b"?a",
            b"cms.example:443",
            b"cms.example",
            b"../a",
            b"ftp://a/",
            b"file:///etc/passwd",
            b"http:/a",
            b"http:a",
            b"://a/",
            b"httpx://a/",
            b"\\a",
            b"%2fa",
            b"javascript://a/",
        ],
    )
    def test_other_forms_are_refused(self, target: bytes) -> None:
        assert refusal(target) == "bad-target-form"

    @pytest.mark.parametrize(
        "authority",
        [b"", b"u@a", b"u:p@a", b"a:x", b"a:65536", b"a:123456", b"a:-1", b"[::1", b"[]", b"[::1]x", b"a\\b", b"a%2eb"],
    )
    def test_bad_authorities_are_refused(self, authority: bytes) -> None:
        assert refusal(b"http://" + authority + b"/") == "bad-host"
        assert refusal(b"http://" + authority) == "bad-host"

    @pytest.mark.parametrize("octet", [*range(0x21), *b"#", *range(0x7F, 0x100)])
    def test_octets_that_no_target_holds(self, octet: int) -> None:
        piece = bytes([octet])
        for target in (b"/a" + piece, b"/" + piece + b"b", b"/?a" + piece, b"http://a/" + piece, piece):
            assert refusal(target) == "bad-target"

    def test_empty(self) -> None:
        assert refusal(b"") == "bad-target-form"


class TestNormalise:
    @pytest.mark.parametrize(
        ("path", "expected"),
        [
            (b"/", b"/"),
            (b"*", b"*"),
            (b"/%41%7e%2D", b"/A~-"),
            (b"/%c3%a9%2f", b"/%C3%A9%2F"),
            (b"/%2541", b"/%2541"),
            (b"/%25%34%31", b"/%2541"),
            (b"/a/./b", b"/a/b"),
            (b"/a/../b", b"/b"),
            (b"/a/..", b"/"),
            (b"/a/b/..", b"/a/"),
            (b"/a/.", b"/a/"),
            (b"/..", b"/"),
            (b"/../../../etc/passwd", b"/etc/passwd"),
            (b"/a/%2e%2e/b", b"/b"),
            (b"/a/%2E%2e/", b"/"),
            (b"/a/.%2e", b"/"),
            (b"/%2e", b"/"),
            (b"/a/...", b"/a/..."),
            (b"/.well-known/x", b"/.well-known/x"),
            (b"/a/.git", b"/a/.git"),
            (b"/a..", b"/a.."),
            (b"//a", b"/a"),
            (b"///a//b", b"/a//b"),
            (b"/.//a", b"/a"),
            (b"/a/..//b", b"/b"),
            (b"/a//../b", b"/a/b"),
            (b"/image/https://a/b", b"/image/https://a/b"),
            (b"/a\\b", b"/a%5Cb"),
            (b"/%5c.%5C", b"/%5C.%5C"),
            (b"/a/..b%2F..c/d..;e", b"/a/..b%2F..c/d..;e"),
            (b"/a..%2F...;/..b", b"/a..%2F...;/..b"),
            (b"/%2f%2F", b"/%2F%2F"),
            (b"/%0d%0a", b"/%0D%0A"),
        ],
    )
    def test_one_spelling(self, path: bytes, expected: bytes) -> None:
        assert normalise(path) == expected

    @pytest.mark.parametrize(
        "path", [b"/%", b"/%4", b"/a%", b"/%g1", b"/%1g", b"/%%41", b"/%2%35", b"/%u0041", b"/%+1", b"/% 1", b"/%0x"]
    )
    def test_malformed_escapes_are_refused(self, path: bytes) -> None:
        with pytest.raises(FramingError, match="bad-escape"):
            normalise(path)

    @pytest.mark.parametrize("path", [b"/%00", b"/a%00.jpg", b"/%41%00"])
    def test_nul_is_refused(self, path: bytes) -> None:
        with pytest.raises(FramingError, match="bad-escape"):
            normalise(path)

    @pytest.mark.parametrize(
        "path",
        [
            b"/a/..%2fb",
            b"/a/..%5Cb",
            b"/a/..\\b",
            b"/a%2F..",
            b"/a%2f%2e%2e/b",
            b"/a\\..",
            b"/%2f../a",
            b"/a/..;/b",
            b"/a/..;x=y",
            b"/a/%2e%2E;/b",
        ],
    )
    def test_what_some_would_climb_is_refused(self, path: bytes) -> None:
        with pytest.raises(FramingError, match="hidden-dot-segment"):
            normalise(path)

    @pytest.mark.parametrize("octet", range(1, 256))
    def test_every_octet_has_one_escape_or_none(self, octet: int) -> None:
        plain = bytes([octet])
        expected = plain if plain in UNRESERVED else b"%%%02X" % octet
        for escape in (b"%%%02x" % octet, b"%%%02X" % octet):
            assert normalise(b"/a" + escape) == b"/a" + expected

    def test_what_needs_nothing_is_returned_as_it_is(self) -> None:
        path = b"/blog/2026/some-article.html"
        assert normalise(path) is path

    @given(paths)
    @example(b"/.//..//a")
    @example(b"//..//.")
    @example(b"/%2e%2e//%2e/")
    def test_twice_is_once(self, path: bytes) -> None:
        try:
            once = normalise(path)
        except FramingError:
            assert b".." in path.replace(b"%2e", b".").replace(b"%2E", b".")
        else:
            assert normalise(once) == once

    @given(paths)
    def test_nothing_is_left_to_resolve(self, path: bytes) -> None:
        try:
            done = normalise(path)
        except FramingError:
            return
        assert done.startswith(b"/")
        assert not done.startswith(b"//")
        assert not {b".", b".."} & set(done.split(b"/"))
        assert b"\\" not in done
        assert not done.translate(None, bytes(range(0x21, 0x7F)))
