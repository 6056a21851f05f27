from __future__ import annotations

import pytest

from edgeguard.wire.body import CHUNK_AVERAGE, CHUNK_LINE, CHUNKS_FREE, TRAILER_BYTES, ChunkedDecoder, CloseDecoder, LengthDecoder
from edgeguard.wire.grammar import FramingError


def decode(wire: bytes, step: int) -> tuple[bytes, bytes | None]:
    """Content and rest, with `step` octets handed over at a time; the rest includes what was not handed over any more."""
    decoder, content = ChunkedDecoder(), b""
    for at in range(0, len(wire), step):
        piece, rest = decoder.decode(wire[at : at + step])
        content += piece
        if rest is not None:
            return content, rest + wire[at + step :]
    return content, None


def refusals(wire: bytes) -> set[str | None]:
    """Why it is refused, whole and octet by octet; None stands for "not at all"."""
    found: set[str | None] = set()
    for step in (len(wire), 1):
        try:
            decode(wire, step)
            found.add(None)
        except FramingError as error:
            found.add(error.reason)
    return found


class TestLengthDecoder:
    def test_gives_what_comes_and_stops_where_it_must(self) -> None:
        decoder = LengthDecoder(5)
        assert decoder.decode(b"he") == (b"he", None)
        assert decoder.left == 3
        assert decoder.decode(b"lloGET /") == (b"llo", b"GET /")

    def test_ends_at_the_last_octet(self) -> None:
        assert LengthDecoder(5).decode(b"hello") == (b"hello", b"")


def test_close_decoder_never_ends() -> None:
    assert CloseDecoder().decode(b"a\r\n\r\n") == (b"a\r\n\r\n", None)


class TestChunkedDecoder:
    @pytest.mark.parametrize("step", [1, 2, 3, 1000])
    @pytest.mark.parametrize(
        ("wire", "content"),
        [
            (b"0\r\n\r\n", b""),
            (b"5\r\nhello\r\n0\r\n\r\n", b"hello"),
            (b"2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n", b"hello"),
            (b"00000000000000a\r\n0123456789\r\n000\r\n\r\n", b"0123456789"),
            (b"A\r\n0123456789\r\n0\r\n\r\n", b"0123456789"),
            (b"4\r\n\r\n\r\n\r\n0\r\n\r\n", b"\r\n\r\n"),
            (b"5;\r\nhello\r\n0;\r\n\r\n", b"hello"),
            (b'5;a=b;c="d e\t\xe9";f\r\nhello\r\n0;x\r\n\r\n', b"hello"),
            (b"5\r\nhello\r\n0\r\nDigest: x\r\nX-Empty:\r\n\r\n", b"hello"),
        ],
    )
    def test_content_ends_where_it_says(self, wire: bytes, content: bytes, step: int) -> None:
        assert decode(wire, step) == (content, b"")
        assert decode(wire + b"GET / HTTP/1.1\r\n", step) == (content, b"GET / HTTP/1.1\r\n")

    @pytest.mark.parametrize(
        "size",
        [b"", b" ", b" 5", b"5 ", b"\t5", b"5\t", b"0x5", b"0X5", b"+5", b"-5", b"-0", b"5_0", b"1_", b"5.0", b"5,5", b"g",
         b"5g", b"5h",
         b"\xb2", b"5 ;a", b"5\t;a", b" ;a", b";a", b";", b'"5"', b"0000000000000005", b"fffffffffffffffff", b"1" * 40, b"5 5"],
    )  # fmt: skip
    def test_bad_sizes(self, size: bytes) -> None:
        assert refusals(size + b"\r\nhello\r\n0\r\n\r\n") == {"bad-chunk-header"}

    @pytest.mark.parametrize(
        "wire",
        [
            b"5\nhello\r\n0\r\n\r\n",
            b"5\rhello\r\n0\r\n\r\n",
            b"5\n\r\nhello\r\n0\r\n\r\n",
            b"5\r\r\nhello\r\n0\r\n\r\n",
            b"5\r\n\nhello",
            b"5\r\nhello\n0\r\n\r\n",
            b"5\r\nhello0\r\n\r\n",
            b"5\r\nhello!\r\n0\r\n\r\n",
            b"5\r\nhello \r\n0\r\n\r\n",
            b"5\r\nhello\r\r\n0\r\n\r\n",
            b"5\r\nhello\r\n\r\n0\r\n\r\n",
            b"5\r\nhelloworld\r\n0\r\n\r\n",
            b"5\r\nhello\r\n0\n\n",
            b"5\r\nhello\r\n0\r\n\n",
            b"5\r\nhello\r\n0\r\n\r\r\n",
            b"\r\n5\r\nhello\r\n0\r\n\r\n",
        ],
    )
    def test_bad_line_ends(self, wire: bytes) -> None:
        assert None not in refusals(wire)

    @pytest.mark.parametrize("octet", [*range(9), *range(0x0A, 0x20), 0x7F])
    def test_controls_in_extensions_and_trailers(self, octet: int) -> None:
        control = bytes([octet])
        assert None not in refusals(b"5;a" + control + b"b\r\nhello\r\n0\r\n\r\n")
        assert None not in refusals(b"5\r\nhello\r\n0\r\nx: a" + control + b"b\r\n\r\n")

    @pytest.mark.parametrize(
        "line",
        [b"x", b" x: y", b"\tx: y", b": y", b"x : y", b"x y: z", b"x\xe9: y", b"GET / HTTP/1.1",
         b"Content-Length: 5", b"transfer-encoding: chunked", b"HOST: b"],
    )  # fmt: skip
    def test_bad_trailers(self, line: bytes) -> None:
        assert None not in refusals(b"0\r\n" + line + b"\r\n\r\n")
        assert None not in refusals(b"0\r\na: b\r\n" + line + b"\r\n\r\n")

    @pytest.mark.parametrize("step", [1, 100, 1000])
    def test_a_line_may_be_so_long(self, step: int) -> None:
        line = b"5;" + b"a" * (CHUNK_LINE - 2)
        trailer = b"x:" + b"a" * (CHUNK_LINE - 2)
        assert decode(line + b"\r\nhello\r\n0\r\n" + trailer + b"\r\n\r\n", step) == (b"hello", b"")

    def test_and_no_longer(self) -> None:
        assert refusals(b"5;" + b"a" * (CHUNK_LINE - 1) + b"\r\nhello\r\n0\r\n\r\n") == {"bad-chunk-header"}
        assert None not in refusals(b"0\r\nx:" + b"a" * (CHUNK_LINE - 1) + b"\r\n\r\n")
        assert None not in refusals(b"5;" + b"a" * CHUNK_LINE)

    def test_trailers_may_be_so_long(self) -> None:
        line = b"x: " + b"a" * 125
        fits = TRAILER_BYTES // len(line)
        assert refusals(b"0\r\n" + (line + b"\r\n") * fits + b"\r\n") == {None}
        assert refusals(b"0\r\n" + (line + b"\r\n") * fits + b"y:\r\n\r\n") == {"long-trailer"}
        assert refusals(b"0\r\n" + (line + b"\r\n") * 10 * fits) == {"long-trailer"}

    def test_tiny_chunks_are_free_up_to_a_number(self) -> None:
        tiny = b"1\r\na\r\n"
        assert decode(tiny * (CHUNKS_FREE - 1) + b"0\r\n\r\n", 4096) == (b"a" * (CHUNKS_FREE - 1), b"")
        with pytest.raises(FramingError, match="tiny-chunks"):
            decode(tiny * (CHUNKS_FREE + 1), 4096)
        with pytest.raises(FramingError, match="tiny-chunks"):
            decode(tiny * CHUNKS_FREE + b"0\r\n\r\n", 4096)

    def test_chunks_of_a_fair_size_are_free_for_ever(self) -> None:
        fair = b"%x\r\n%b\r\n" % (CHUNK_AVERAGE + 1, b"a" * (CHUNK_AVERAGE + 1))
        content, rest = decode(fair * 2 * CHUNKS_FREE + b"0\r\n\r\n", 65536)
        assert (len(content), rest) == (2 * CHUNKS_FREE * (CHUNK_AVERAGE + 1), b"")

    def test_an_origin_may_send_tiny_chunks(self) -> None:
        decoder = ChunkedDecoder(strict_average=False)
        content, rest = decoder.decode(b"1\r\na\r\n" * 3 * CHUNKS_FREE)
        assert (len(content), rest) == (3 * CHUNKS_FREE, None)

    def test_content_is_given_on_before_its_chunk_ends(self) -> None:
        decoder = ChunkedDecoder()
        assert decoder.decode(b"ffffff\r\nabc") == (b"abc", None)
        assert decoder.decode(b"def") == (b"def", None)

    def test_holds_a_line_and_nothing_else(self) -> None:
        decoder = ChunkedDecoder()
        held = []
        for octet in b"5;" + b"a" * (CHUNK_LINE - 2) + b"\r\nhello\r\n0\r\n":
            decoder.decode(bytes([octet]))
            held.append(len(decoder._held))
        assert max(held) == CHUNK_LINE + 1
