from __future__ import annotations

import pytest

from edgeguard.errors import ClientFault
from edgeguard.gateway.body import GROUP, Held, HeldBody, PrefixedBody, hold, limit_body
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
        assert await hold(asked, 1) == Held((b"abc",), 3, complete=True)
        assert asked.body.whole == b"abc"

    async def test_a_short_body_becomes_whole(self) -> None:
        asked = request(Pieces(b"ab", b"c"))
        assert await hold(asked, 3) == Held([b"abc"], 3, complete=True)
        assert (asked.body.whole, asked.body.length) == (b"abc", 3)

    async def test_an_empty_one_too(self) -> None:
        asked = request(Pieces())
        held = await hold(asked, 3)
        assert (held, held.content) == (Held([], 0, complete=True), b"")
        assert asked.body.whole == b""

    async def test_a_long_one_is_held_so_far_and_loses_nothing(self) -> None:
        pieces = Pieces(b"ab", b"cd", b"ef", length=6)
        asked = request(pieces)
        assert await hold(asked, 3) == Held([b"abcd"], 4, complete=False)
        assert (len(pieces.pieces), asked.body.length, asked.body.whole) == (1, 6, None)
        assert await rest(asked.body) == b"abcdef"

    async def test_it_may_be_held_further(self) -> None:
        asked = request(Pieces(b"ab", b"cd", b"ef"))
        assert (await hold(asked, 1)).content == b"ab"
        assert (await hold(asked, 3)).content == b"abcd"
        assert (await hold(asked, 9)).content == b"abcdef"
        assert await rest(asked.body) == b"abcdef"

    async def test_more_than_the_most_is_told_from_exactly_that(self) -> None:
        assert not (await hold(request(Pieces(b"abc", b"d")), 3)).complete
        assert (await hold(request(Pieces(b"abc")), 3)).complete

    async def test_a_large_one_stays_in_pieces_of_some_size(self) -> None:
        large = b"x" * (GROUP + 1)
        asked = request(Pieces(large, *[b"y"] * GROUP, b"z"))
        held = await hold(asked, 3 * GROUP)
        assert [len(piece) for piece in held.pieces] == [GROUP + 1, GROUP, 1]
        assert held.pieces[0] is large
        assert (held.size, held.complete, asked.body.length, asked.body.whole) == (2 * GROUP + 2, True, 2 * GROUP + 2, None)
        assert await hold(asked, 1) is held
        assert await rest(asked.body) == held.content
        assert await asked.body.read() == b""
        assert asked.body.rewind()
        assert await rest(asked.body) == held.content

    async def test_one_that_can_not_be_read_again_says_so(self) -> None:
        assert not Pieces(b"a").rewind()
        assert not Body(b"a").rewind()


def test_a_held_body_can_be_cut() -> None:
    held = Held([b"ab", b"cd", b"ef"], 6, complete=True)
    assert held.cut(6) is held
    assert held.cut(3) == Held([b"ab", b"c"], 3, complete=False)
    assert held.cut(4) == Held([b"ab", b"cd"], 4, complete=False)
    assert isinstance(HeldBody(held), Body)


async def test_prefixed_body_hands_the_end_on() -> None:
    pieces = Pieces(b"x")
    PrefixedBody([b"held"], pieces).abandon()
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
