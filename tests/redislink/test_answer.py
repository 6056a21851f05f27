import asyncio
import gc

import hiredis
import pytest

from edgeguard.redislink import Unavailable
from edgeguard.redislink.answer import Ask, code, only

LACKING = hiredis.ReplyError("NOSCRIPT No matching script. Please use EVAL.")


def make(want: int = 1, conclude=only, again=None) -> Ask:
    return Ask(asyncio.get_running_loop().create_future(), want, conclude, 0.0, again)


async def test_one_reply_is_the_answer() -> None:
    ask = make()
    ask.settle([b"value"])
    assert await ask.future == b"value"


async def test_of_an_error_only_the_code_is_kept() -> None:
    ask = make()
    ask.settle([hiredis.ReplyError("ERR unknown command, with args beginning with: 's3cret'")])
    with pytest.raises(Unavailable, match=r"^redis refused: ERR$"):
        await ask.future
    assert len(code(hiredis.ReplyError("x" * 999))) == 32


async def test_nobody_needs_to_listen() -> None:
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    make().settle(Unavailable("gone"))
    gc.collect()
    assert not told


async def test_an_answer_comes_once_and_not_after_cancelling() -> None:
    ask = make()
    ask.settle([1])
    ask.settle([2])
    assert await ask.future == 1
    cancelled = make(conclude=lambda _: pytest.fail("nobody wants to know"))
    cancelled.future.cancel()
    cancelled.settle([1])


async def test_a_mistake_in_conclude_reaches_its_caller_alone() -> None:
    ask = make(conclude=lambda _: 1 // 0)
    ask.settle([1])
    with pytest.raises(ZeroDivisionError):
        await ask.future


async def test_only_what_lacked_a_script_is_repeated_and_once() -> None:
    ask = make(3, lambda replies: replies, lambda index: ("EVAL", index))
    ask.replies = [b"a", LACKING, b"c"]
    again, commands = ask.repeat()
    assert commands == [("EVAL", 1)]
    again.replies = [LACKING]
    assert again.repeat() is None
    again.settle([b"b"])
    assert await ask.future == [b"a", b"b", b"c"]


async def test_what_goes_wrong_in_the_repetition_is_told() -> None:
    ask = make(1, only, lambda _: ("EVAL",))
    ask.replies = [LACKING]
    again, _ = ask.repeat()
    again.settle(Unavailable("gone"))
    with pytest.raises(Unavailable, match="gone"):
        await ask.future


async def test_other_errors_are_not_repeated() -> None:
    ask = make(1, only, lambda _: ("EVAL",))
    ask.replies = [hiredis.ReplyError("OOM too much")]
    assert ask.repeat() is None
