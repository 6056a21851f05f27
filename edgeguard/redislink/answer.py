"""Questions under way: which replies belong to whom, and what becomes of them. No connection is known here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

import hiredis

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

T = TypeVar("T")
_Error = hiredis.ReplyError
Argument = str | bytes | int | float
Command = tuple[Argument, ...]


class Unavailable(Exception):
    """Redis gave no answer that can be used.

    Args:
        why: a few words for logs and metrics. They hold no secret: of an error reply only its code is kept, because Redis
            quotes the arguments of what it does not understand, and that may be a password.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Ask(Generic[T]):
    """Some commands sent in a row whose replies make one answer.

    Args:
        future: whom to tell. Where it is done already, because its owner was cancelled, the replies are dropped.
        want: how many replies belong here.
        conclude: makes the result of all replies (an error reply is a `hiredis.ReplyError`), or of the fact that there are
            none; what it raises is the answer too. It runs while replies are read, so it must be quick.
        due: the loop's time at which the answer must be given.
        again: for commands that name a script by its hash, the same commands with its text; used once, where Redis lacks it.
    """

    __slots__ = ("again", "conclude", "due", "future", "replies", "want")

    def __init__(
        self,
        future: asyncio.Future[T],
        want: int,
        conclude: Callable[[list[Any] | Unavailable], T],
        due: float,
        again: Callable[[int], Command] | None = None,
    ) -> None:
        self.future = future
        self.want = want
        self.conclude = conclude
        self.due = due
        self.again = again
        self.replies: list[Any] = []

    def settle(self, outcome: list[Any] | Unavailable) -> None:
        """Give the answer."""
        future = self.future
        if future.done():
            return
        try:
            result = self.conclude(outcome)
        except Unavailable as why:
            future.set_exception(why)
            future.exception()  # marks it as seen: who sends without listening, such as a refund, need not hear of it
        except Exception as fault:  # noqa: BLE001 - a caller's mistake must not keep others from their replies
            future.set_exception(fault)
        else:
            future.set_result(result)

    def repeat(self) -> tuple[Ask[T], list[Command]] | None:
        """Where Redis lacked a script: what to ask once more, and how; None where the replies are final."""
        replies, conclude = self.replies, self.conclude
        if self.again is None or _Error not in map(type, replies):
            return None
        missing = [index for index, reply in enumerate(replies) if type(reply) is _Error and code(reply) == "NOSCRIPT"]
        if not missing:
            return None

        def merged(fresh: list[Any] | Unavailable) -> T:
            if isinstance(fresh, Unavailable):
                return conclude(fresh)
            for index, reply in zip(missing, fresh, strict=True):
                replies[index] = reply
            return conclude(replies)

        return Ask(self.future, len(missing), merged, self.due), [self.again(index) for index in missing]


def code(error: hiredis.ReplyError) -> str:
    """The first word of an error reply, such as WRONGTYPE."""
    return str(error).split(" ", 1)[0][:32]


def only(outcome: list[Any] | Unavailable) -> Any:
    """The single reply.

    Raises:
        Unavailable: there is none, or Redis refused.
    """
    if isinstance(outcome, Unavailable):
        raise outcome
    reply = outcome[0]
    if type(reply) is _Error:
        raise Unavailable(f"redis refused: {code(reply)}")
    return reply
