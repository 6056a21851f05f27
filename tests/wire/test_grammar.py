from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.wire import grammar
from edgeguard.wire.grammar import FramingError, authority, check_head, check_unfinished, content_length, field_name, is_token

HEAD = b"GET / HTTP/1.1\r\nHost: a\r\nX: b\tc\xe9"


def refuses(head: bytes) -> bool:
    try:
        check_head(head)
    except FramingError:
        return True
    return False


def test_framing_error_is_its_reason() -> None:
    assert (FramingError("bad-host").reason, str(FramingError("bad-host"))) == ("bad-host", "bad-host")


def test_is_token() -> None:
    assert is_token(b"M-SEARCH")
    assert is_token(b"!#$%&'*+-.^_`|~09AZaz")
    assert not is_token(b"")
    for octet in set(range(256)) - set(grammar.TOKEN):
        assert not is_token(b"a" + bytes([octet]))


class TestFieldName:
    def test_is_lower_case(self) -> None:
        assert field_name(b"X-Some-Name") == field_name(b"x-SOME-name") == b"x-some-name"

    @pytest.mark.parametrize("raw", [b"", b"a ", b" a", b"a\t", b"a:b", b"a\xe9", b"a\x00", b'"a"', b"a/b", b"(a)"])
    def test_no_token(self, raw: bytes) -> None:
        for _ in range(2):  # what is refused must not be remembered either
            with pytest.raises(FramingError, match="bad-field-name"):
                field_name(raw)

    def test_remembers_no_more_than_it_may(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names: dict[bytes, bytes] = {}
        monkeypatch.setattr(grammar, "_NAMES", names)
        for number in range(grammar._NAMES_MOST + 50):
            assert field_name(b"X-%d" % number) == b"x-%d" % number
        assert len(names) == grammar._NAMES_MOST

    def test_remembers_no_long_names(self, monkeypatch: pytest.MonkeyPatch) -> None:
        names: dict[bytes, bytes] = {}
        monkeypatch.setattr(grammar, "_NAMES", names)
        assert field_name(b"A" * 65) == b"a" * 65
        assert field_name(b"A" * 64) == b"a" * 64
        assert list(names) == [b"A" * 64]


class TestCheckHead:
    def test_counts_the_lines_after_the_first(self) -> None:
        assert check_head(HEAD) == 2
        assert check_head(b"GET / HTTP/1.1") == 0

    @pytest.mark.parametrize("octet", [*range(0x09), 0x0A, 0x0B, 0x0C, 0x0D, *range(0x0E, 0x20), 0x7F])
    def test_a_control_at_any_place(self, octet: int) -> None:
        for at in range(len(HEAD) + 1):
            broken = HEAD[:at] + bytes([octet]) + HEAD[at:]
            if octet == 0x0D and HEAD[at : at + 1] == b"\n" and HEAD[at - 1 : at] != b"\r":
                continue
            assert refuses(broken), broken

    @pytest.mark.parametrize("fold", [b"\r\n ", b"\r\n\t"])
    def test_folded_lines(self, fold: bytes) -> None:
        with pytest.raises(FramingError, match="folded-field"):
            check_head(b"GET / HTTP/1.1\r\nHost: a" + fold + b"b")
        with pytest.raises(FramingError, match="folded-field"):
            check_head(b"GET / HTTP/1.1" + fold + b"Host: a")

    def test_agrees_with_a_naive_reading_of_every_short_head(self) -> None:
        for octets in product(b"a\r\n", repeat=6):
            head = bytes(octets)
            naive = b"\r" not in head.replace(b"\r\n", b"") and b"\n" not in head.replace(b"\r\n", b"")
            assert refuses(head) == (not naive), head


class TestCheckUnfinished:
    @given(st.integers(0, len(HEAD)), st.integers(0, len(HEAD)))
    def test_any_piece_of_a_good_head_passes(self, one: int, other: int) -> None:
        check_unfinished(HEAD[min(one, other) : max(one, other)])

    @pytest.mark.parametrize("piece", [b"\x16\x03\x01", b"a\x00", b"\x7f", b"SSH-2.0\x0b", b"\x80\x1b"])
    def test_controls(self, piece: bytes) -> None:
        with pytest.raises(FramingError, match="control-in-head"):
            check_unfinished(piece)

    @pytest.mark.parametrize("piece", [b"GET /\n", b"a\r\nb\nc", b"\n\n", b"\r\r", b"a\rb", b"\rb", b"a\r\n\rb", b"a\n\r\n"])
    def test_line_ends_that_stand_alone(self, piece: bytes) -> None:
        with pytest.raises(FramingError, match="bare-line-end"):
            check_unfinished(piece)

    def test_halves_of_a_line_end_at_either_side(self) -> None:
        for piece in (b"", b"\n", b"\r", b"\na\r", b"\n\r\n\r"):
            check_unfinished(piece)


class TestContentLength:
    @pytest.mark.parametrize(("value", "length"), [(b"0", 0), (b"5", 5), (b"007", 7), (b"9" * 18, 10**18 - 1)])
    def test_digits(self, value: bytes, length: int) -> None:
        assert content_length(value) == length

    @pytest.mark.parametrize(
        "value",
        [
            b"",
            b" 5",
            b"5 ",
            b"5\t",
            b"+5",
            b"-5",
            b"-0",
            b"0x5",
            b"5.0",
            b"5e1",
            b"1_0",
            b"5,5",
            b"5, 5",
            b"5;",
            b"\xb2",
            b"a",
            b"9" * 19,
            b"0" * 19,
        ],
    )
    def test_anything_else(self, value: bytes) -> None:
        with pytest.raises(FramingError, match="bad-content-length"):
            content_length(value)


class TestAuthority:
    @pytest.mark.parametrize(
        "value",
        [
            b"a",
            b"CMS.Example",
            b"cms.example.",
            b"a:80",
            b"a:",
            b"a:65535",
            b"127.0.0.1:1",
            b"[::1]",
            b"[::1]:80",
            b"[::FFFF:1.2.3.4]",
            b"a_b",
            b"xn--e1a",
        ],
    )
    def test_good_ones_in_lower_case(self, value: bytes) -> None:
        assert authority(value) == value.lower()

    @pytest.mark.parametrize(
        "value",
        [
            b"",
            b":80",
            b" ",
            b"a b",
            b"a, a",
            b"a/",
            b"a/b",
            b"a?b",
            b"a#b",
            b"u@a",
            b"u:p@a",
            b"a:80:80",
            b"a:x",
            b"a:+1",
            b"a: 1",
            b"a:65536",
            b"a:000080",
            b"a\\b",
            b"a%2eb",
            b"a\xe9",
            b"a\x00",
            b"a<b>",
            b'"a"',
            b"[",
            b"[]",
            b"[]:80",
            b"[::1",
            b"::1",
            b"[::1]80",
            b"[::1]a",
            b"[::g]",
            b"[::1%25eth0]",
            b"[::1]:x",
            b"[v1.a]",
            b"a]",
            b"a" * 256,
            b"[" + b":" * 46 + b"]",
        ],
    )
    def test_bad_ones(self, value: bytes) -> None:
        with pytest.raises(FramingError, match="bad-host"):
            authority(value)

    @pytest.mark.parametrize("octet", list(b"!$&'()*+,;="))
    def test_marks_that_no_host_has(self, octet: int) -> None:
        for value in (b"evil.example" + bytes([octet]) + b"cms.example", bytes([octet]), b"a" + bytes([octet]) + b":80"):
            with pytest.raises(FramingError, match="bad-host"):
                authority(value)
