"""The chunked coding against a naive reading of it, and against h11."""

from __future__ import annotations

from itertools import pairwise

import h11
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.wire.body import ChunkedDecoder
from edgeguard.wire.grammar import FramingError
from edgeguard.wire.serialise import LAST_CHUNK, chunk

Reading = tuple[bytes, bytes] | str

HEX = b"0123456789abcdefABCDEF"
extensions = st.sampled_from([b"", b";", b";a", b";a=b", b';a="b c\t\xe9"'])
chunks = st.lists(st.tuples(st.binary(min_size=1, max_size=40), st.integers(0, 3), st.booleans(), extensions), max_size=6)
trailers = st.lists(st.sampled_from([b"X: y", b"Digest:", b"a:b:c"]), max_size=2)
tails = st.binary(max_size=12)
spoils = st.tuples(
    st.integers(0, 1 << 16),
    st.booleans(),
    st.sampled_from([b"", b"\r", b"\n", b"\r\n", b" ", b"0", b"x", b"-", b";", b":", b"\x00", b"\xff"]),
)


def naive(wire: bytes) -> Reading:
    """Content and rest; or `more`, or `bad`. One line after the other, nothing shared with what is tested."""
    content = b""
    while True:
        line, end, wire = wire.partition(b"\r\n")
        size = line.split(b";")[0]
        bad = any((octet < 0x20 and octet != 9) or octet == 0x7F for octet in line)
        if not end:
            return "more"
        if bad or not size or any(octet not in HEX for octet in size):
            return "bad"
        length = int(size, 16)
        if length == 0:
            break
        if len(wire) < length + 2:
            return "more"
        if wire[length : length + 2] != b"\r\n":
            return "bad"
        content, wire = content + wire[:length], wire[length + 2 :]
    while True:
        line, end, wire = wire.partition(b"\r\n")
        if not end:
            return "more"
        if not line:
            return content, wire
        if any((octet < 0x20 and octet != 9) or octet == 0x7F for octet in line) or b":" not in line[1:]:
            return "bad"


def ours(wire: bytes, cuts: list[int]) -> Reading:
    decoder, content = ChunkedDecoder(), b""
    places = sorted({cut % (len(wire) + 1) for cut in cuts} | {0, len(wire)})
    try:
        for start, end in pairwise(places):
            piece, rest = decoder.decode(wire[start:end])
            content += piece
            assert len(content) <= end
            if rest is not None:
                assert wire[:end].endswith(rest)
                return content, rest + wire[end:]
    except FramingError:
        return "bad"
    return "more"


def h11_reads(wire: bytes) -> Reading:
    connection = h11.Connection(h11.SERVER)
    connection.receive_data(b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + wire)
    content = b""
    try:
        while True:
            event = connection.next_event()
            if isinstance(event, h11.Data):
                content += bytes(event.data)
            elif isinstance(event, h11.EndOfMessage):
                return content, connection.trailing_data[0]
            elif event is h11.NEED_DATA:
                return "more"
    except h11.RemoteProtocolError:
        return "bad"


def encode(pieces: list[tuple[bytes, int, bool, bytes]], lines: list[bytes]) -> bytes:
    wire = b""
    for piece, zeros, capitals, extension in pieces:
        size = b"0" * zeros + b"%x" % len(piece)
        wire += (size.upper() if capitals else size) + extension + b"\r\n" + piece + b"\r\n"
    return wire + b"0\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n"


cuts = st.lists(st.integers(0, 1 << 16), max_size=8)


@given(chunks, trailers, tails, cuts)
def test_what_is_well_formed_is_read_exactly(
    pieces: list[tuple[bytes, int, bool, bytes]], lines: list[bytes], tail: bytes, at: list[int]
) -> None:
    wire = encode(pieces, lines) + tail
    content = b"".join(piece for piece, *_ in pieces)
    assert ours(wire, at) == (content, tail) == naive(wire)
    assert ours(wire, list(range(len(wire)))) == (content, tail)
    assert h11_reads(wire) == (content, tail)


@given(st.lists(st.binary(max_size=60), max_size=5), tails, cuts)
def test_what_we_write_is_read_back(pieces: list[bytes], tail: bytes, at: list[int]) -> None:
    wire = b"".join(map(chunk, pieces)) + LAST_CHUNK + tail
    assert ours(wire, at) == (b"".join(pieces), tail) == h11_reads(wire)


@given(chunks, trailers, tails, st.lists(spoils, min_size=1, max_size=3), cuts)
def test_what_is_spoilt_is_refused_or_read_as_others_read_it(
    pieces: list[tuple[bytes, int, bool, bytes]],
    lines: list[bytes],
    tail: bytes,
    changes: list[tuple[int, bool, bytes]],
    at: list[int],
) -> None:
    wire = encode(pieces, lines) + tail
    for place, instead, piece in changes:
        start = place % (len(wire) + 1)
        wire = wire[:start] + piece + wire[start + instead :]
    reading = ours(wire, at)
    assert (reading == "bad") == (ours(wire, list(range(len(wire)))) == "bad")
    if isinstance(reading, tuple):
        assert reading == naive(wire) == h11_reads(wire)
    elif reading == "more":
        assert not isinstance(naive(wire), tuple)
        assert not isinstance(h11_reads(wire), tuple)


@given(st.binary(max_size=60), cuts)
def test_arbitrary_bytes(wire: bytes, at: list[int]) -> None:
    reading = ours(wire, at)
    if isinstance(reading, tuple):
        assert reading == naive(wire) == h11_reads(wire)
