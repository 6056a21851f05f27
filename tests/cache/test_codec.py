from __future__ import annotations

import struct
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edgeguard.cache.codec import Garbled, decode, encode
from edgeguard.cache.stored import Stored, Times

TIMES = Times(1e9, 1e9 + 60.5, 0.0, 1e9 + 99)
SAFE = st.binary(max_size=40).filter(lambda piece: not set(piece) & set(b"\r\n\0"))
NAME = SAFE.filter(bool)


def parts(one: Stored) -> tuple[object, ...]:
    return one.status, one.fields, one.body, one.times, one.shared, one.vary


def sealed(content: bytes, version: int = 1) -> bytes:
    """Content of any kind under a checksum that is right."""
    return struct.pack(">BI", version, crc32(content)) + content


@given(
    st.sampled_from([200, 301, 404]),
    st.lists(st.tuples(NAME, SAFE), max_size=8),
    st.binary(max_size=200),
    st.booleans(),
    st.lists(NAME, max_size=8),
)
def test_what_is_written_is_read_back(
    status: int,
    fields: list[tuple[bytes, bytes]],
    body: bytes,
    shared: bool,
    vary: list[bytes],
) -> None:
    one = Stored(status, tuple(fields), body, TIMES, shared=shared, vary=tuple(vary), generation=b"S1")
    back = decode(encode(one), b"S2")
    assert parts(back) == parts(one)
    assert back.generation == b"S2"


EXAMPLE = encode(Stored(200, ((b"etag", b'"a"'), (b"x", b"y")), b"body", TIMES, shared=True, vary=(b"origin",)))


@pytest.mark.parametrize("place", range(len(EXAMPLE)))
def test_every_flipped_bit_and_every_cut_is_noticed(place: int) -> None:
    with pytest.raises(Garbled):
        decode(EXAMPLE[:place])
    for bit in range(8):
        with pytest.raises(Garbled):
            decode(EXAMPLE[:place] + bytes([EXAMPLE[place] ^ 1 << bit]) + EXAMPLE[place + 1 :])


@given(st.binary(max_size=200))
def test_any_bytes_are_garbled_or_an_entry_that_can_be_written_again(data: bytes) -> None:
    for candidate in (data, sealed(data)):
        try:
            entry = decode(candidate)
        except Garbled:
            continue
        assert parts(decode(encode(entry))) == parts(entry)


@given(st.integers(5, len(EXAMPLE) - 1), st.binary(min_size=1, max_size=8))
def test_forged_content_with_a_right_checksum_gives_a_harmless_entry_or_none(place: int, piece: bytes) -> None:
    forged = EXAMPLE[5:place] + piece + EXAMPLE[place + len(piece) :]
    try:
        entry = decode(sealed(forged))
    except Garbled:
        return
    assert not any(octet in item for field in entry.fields for item in field for octet in b"\r\n\0")
    assert entry.times.born > -1e10


@pytest.mark.parametrize(
    "one",
    [
        Stored(200, ((b"x", b"a\r\nset-cookie: b"),), b"", TIMES, shared=False, vary=()),
        Stored(200, ((b"x\n", b"a"),), b"", TIMES, shared=False, vary=()),
        Stored(200, ((b"", b"a"),), b"", TIMES, shared=False, vary=()),
        Stored(500, (), b"", TIMES, shared=False, vary=()),
        Stored(200, (), b"", Times(1e300, 0.0, 0.0, 0.0), shared=False, vary=()),
        Stored(200, (), b"", Times(1e9, float("nan"), 0.0, 0.0), shared=False, vary=()),
        Stored(200, (), b"", Times(1e9, float("inf"), 0.0, 0.0), shared=False, vary=()),
        Stored(200, (), b"", TIMES, shared=False, vary=tuple(b"x-%d" % n for n in range(9))),
    ],
)
def test_what_must_not_be_sent_is_not_read(one: Stored) -> None:
    with pytest.raises(Garbled):
        decode(encode(one))


def test_another_version_is_no_entry() -> None:
    with pytest.raises(Garbled):
        decode(sealed(EXAMPLE[5:], version=2))


@pytest.mark.parametrize("fields", [((b"x", b"y"),) * 1001, ((b"x" * 70_000, b"y"),)])
def test_what_the_format_can_not_hold_is_refused(fields: tuple[tuple[bytes, bytes], ...]) -> None:
    with pytest.raises(ValueError, match=r"too (many|long)|is too long"):
        encode(Stored(200, fields, b"", TIMES, shared=False, vary=()))
