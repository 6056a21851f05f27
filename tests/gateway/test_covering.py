from __future__ import annotations

import gzip

import pytest

from edgeguard.gateway.body import Held, hold
from edgeguard.gateway.covering import cover
from edgeguard.message import Body, Headers, Response


class Drops(Body):
    """A body that comes in pieces of a size."""

    def __init__(self, content: bytes, size: int) -> None:
        super().__init__(None, None)
        self._content, self._size = content, size

    async def read(self) -> bytes:
        piece, self._content = self._content[: self._size], self._content[self._size :]
        return piece


async def whole(body: Body) -> bytes:
    content = b""
    while piece := await body.read():
        content += piece
    return content


@pytest.mark.parametrize("size", [1, 3, 7, 100])
@pytest.mark.parametrize("most", [5, 8, 12, 30, 60])
async def test_wherever_inspection_ends_and_pieces_part_nothing_is_lost(size: int, most: int) -> None:
    content = b"0123456 sk_abcdefghij rest sk_z"
    response = Response(200, Headers([]), Drops(content, size))
    held = await hold(response, most)
    shown = held.cut(most).content
    at = shown.find(b"sk_")
    spans = [(at, min(21, len(shown)))] if at >= 0 else [(0, 3)]
    assert cover(response, held, spans, most)
    made = await whole(response.body)
    assert len(made) == len(content)
    assert made.endswith(b" rest sk_z")
    assert (b"abc" not in made) is (at >= 0)


async def test_fields_that_tell_what_the_content_was_go() -> None:
    fields = [(b"digest", b"x"), (b"content-digest", b"x"), (b"etag", b'"1"'), (b"content-length", b"3")]
    response = Response(200, Headers(fields), Body(b"abc"))
    assert cover(response, Held((b"abc",), 3, complete=True), [(0, 3)], 10)
    assert response.headers.fields == [(b"etag", b'"1"'), (b"content-length", b"3")]


async def test_compressed_content_that_is_not_here_as_a_whole_is_left_alone() -> None:
    content = gzip.compress(b"abc" * 1000)
    response = Response(200, Headers([(b"content-encoding", b"gzip")]), Body(content))
    assert not cover(response, Held((content,), len(content), complete=True), [(0, 3)], 100)
    assert not cover(response, Held((content[:9],), 9, complete=False), [(0, 3)], 9)
    assert await whole(response.body) == content
