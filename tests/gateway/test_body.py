from __future__ import annotations

import pytest

from edgeguard.errors import ClientFault
from edgeguard.gateway.body import PrefixedBody, hold, limit_body
from edgeguard.message import Body, Headers, Request


class Pieces(Body):
    __slots__ = ("abandoned", "pieces")

    def __init__(self, *pieces: bytes, length: int | None = None) -> None:
        super().__init__(None, length)
        self.pieces = list(pieces)
        self.abandoned = False

    async def read(self) -> bytes:
        return self.pieces.pop(0) if self.pieces else b""

    def abandon(self) -> None:
        self.abandoned = True


def request(body: Body) -> Request:
    return Request(b"POST", b"/", b"/", None, b"http", b"cms.example", Headers(), body)


async def rest(body: Body) -> bytes:
    pieces = []
    while piece := await body.read():
        pieces.append(piece)
    return b"".join(pieces)


class TestHold:
    async def test_what_is_here_is_given_as_it_is(self) -> None:
        asked = request(Body(b"abc"))
        assert await hold(asked, 1) == (b"abc", True)
        assert asked.body.whole == b"abc"

    async def test_a_short_body_becomes_whole(self) -> None:
        asked = request(Pieces(b"ab", b"c"))
        assert await hold(asked, 3) == (b"abc", True)
        assert (asked.body.whole, asked.body.length) == (b"abc", 3)

    async def test_a_long_one_is_held_so_far_and_loses_nothing(self) -> None:
        pieces = Pieces(b"ab", b"cd", b"ef", length=6)
        asked = request(pieces)
        assert await hold(asked, 3) == (b"abcd", False)
        assert (len(pieces.pieces), asked.body.length, asked.body.whole) == (1, 6, None)
        assert await rest(asked.body) == b"abcdef"

    async def test_more_than_the_most_is_told_from_exactly_that(self) -> None:
        assert (await hold(request(Pieces(b"abc", b"d")), 3))[1] is False
        assert (await hold(request(Pieces(b"abc")), 3))[1] is True


async def test_prefixed_body_hands_the_end_on() -> None:
    pieces = Pieces(b"x")
    PrefixedBody(b"held", pieces).abandon()
    assert pieces.abandoned


class TestLimit:
    @pytest.mark.parametrize(("body", "close"), [(Body(b"abcd"), False), (Pieces(length=4), True)])
    def test_a_known_length(self, body: Body, close: bool) -> None:
        with pytest.raises(ClientFault) as caught:
            limit_body(request(body), 3)
        assert (caught.value.status, caught.value.close) == (413, close)

    def test_an_unknown_one_is_held_to_it_later(self) -> None:
        asked = request(Pieces())
        limit_body(asked, 3)
        assert asked.body.limit == 3
