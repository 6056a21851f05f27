"""A response's body with what must not reach the client made illegible; its length stays, and the rest streams on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.gateway.body import PrefixedBody
from edgeguard.message import Body
from edgeguard.waf.bodies.encoding import response_text
from edgeguard.waf.leaks import covered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.gateway.body import Held
    from edgeguard.message import Headers, Response

_OF_THE_CONTENT = frozenset((b"content-md5", b"digest", b"content-digest", b"repr-digest"))  # they tell what it was
_OF_THE_CODING = frozenset((b"content-encoding", b"content-length", b"etag", b"accept-ranges"))
# What a token goes on with, where the last one reaches beyond what was inspected; and how far at the most.
_TOKEN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.+/=")
_LONGEST = 4096


def cover(response: Response, held: Held, spans: Sequence[tuple[int, int]], most: int) -> bool:
    """Put a body in which `spans` are illegible in the place of the response's.

    Args:
        response: whose body is held back; changed.
        held: what is held back: a little more than `most`, where that is not all.
        spans: in the content as its reader sees it.
        most: bytes of it that rules were shown.

    Returns:
        False where that can't be, because compressed content is not here as a whole; nothing is changed then.
    """
    encoding = response.headers.get(b"content-encoding")
    if (encoding or b"").strip().lower() not in (b"", b"identity"):
        text, complete = response_text(held.content, encoding, most)
        if not (held.complete and complete):
            return False
        response.body = Body(covered(text, spans))
        response.headers = _as_it_is(response.headers, len(text))
        return True
    made = covered(held.content, spans)
    left = _LONGEST if spans[-1][1] >= most else 0
    after, left = _covered_on(made[most:], left)
    made = made[:most] + after
    if held.complete:
        response.body = Body(made)
    elif isinstance(response.body, PrefixedBody):
        response.body = _Covered(made, response.body.rest, left)
    response.headers = response.headers.without(_OF_THE_CONTENT)
    return True


def _as_it_is(headers: Headers, length: int) -> Headers:
    """The fields of content that is no longer compressed; a strong validator is one of those bytes no more."""
    tag = headers.get(b"etag")
    plain = headers.without(_OF_THE_CONTENT | _OF_THE_CODING)
    if tag is not None:
        plain.add(b"etag", tag if tag.startswith(b"W/") else b"W/" + tag)
    plain.add(b"content-length", b"%d" % length)
    return plain


def _covered_on(piece: bytes, left: int) -> tuple[bytes, int]:
    """A piece in which a token from before goes on for `left` bytes at the most, and how many are left for the next one."""
    end = 0
    while end < len(piece) and end < left and piece[end] in _TOKEN:
        end += 1
    return b"*" * end + piece[end:], left - end if end == len(piece) else 0


class _Covered(PrefixedBody):
    """A body of which the beginning was inspected. A token that reaches beyond is covered as far as it goes on."""

    __slots__ = ("_left",)

    def __init__(self, beginning: bytes, rest: Body, left: int) -> None:
        super().__init__((beginning,), rest)
        self._left = left

    async def read(self) -> bytes:
        for piece in self._held:
            return piece
        piece = await self.rest.read()
        if self._left:
            piece, self._left = _covered_on(piece, self._left)
        return piece
