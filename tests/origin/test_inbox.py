from __future__ import annotations

import asyncio

import pytest

from edgeguard.errors import OriginFault
from edgeguard.origin.inbox import HIGH_WATER, Inbox, StreamedBody


class Source:
    def __init__(self) -> None:
        self.calls: list[str] = []

    def resume(self) -> None:
        self.calls.append("resume")

    def discard(self, inbox: Inbox) -> None:
        self.calls.append("discard")


@pytest.fixture
def source() -> Source:
    return Source()


async def test_what_has_come_is_given_out_together(source) -> None:
    inbox = Inbox(source)
    assert not inbox.put(b"hel")
    assert not inbox.put(b"lo")
    assert repr(inbox) == "Inbox(open, size=5, received=5)"
    assert await inbox.take() == b"hello"
    inbox.end()
    assert repr(inbox) == "Inbox(ended, size=0, received=5)"
    assert (await inbox.take(), await inbox.take()) == (b"", b"")


async def test_the_source_pauses_at_the_high_water_and_resumes_once_read(source) -> None:
    inbox = Inbox(source)
    assert not inbox.put(b"x" * (HIGH_WATER - 1))
    assert inbox.put(b"x")
    assert source.calls == []
    assert len(await inbox.take()) == HIGH_WATER
    assert source.calls == ["resume"]
    assert not inbox.paused


async def test_a_reader_that_waits_is_woken(source) -> None:
    inbox = Inbox(source)
    reading = asyncio.ensure_future(inbox.take())
    await asyncio.sleep(0)
    inbox.put(b"x")
    assert await reading == b"x"
    reading = asyncio.ensure_future(inbox.take())
    await asyncio.sleep(0)
    inbox.end()
    assert await reading == b""


async def test_a_fault_comes_after_what_had_come(source) -> None:
    inbox = Inbox(source)
    fault = OriginFault(502, "http_response_incomplete")
    inbox.put(b"x")
    inbox.end(fault)
    assert await inbox.take() == b"x"
    for _ in range(2):
        with pytest.raises(OriginFault) as caught:
            await inbox.take()
        assert caught.value is fault


async def test_abandoning_drops_what_is_here_and_what_comes(source) -> None:
    inbox = Inbox(source)
    inbox.put(b"x")
    body = StreamedBody(inbox, None)
    body.abandon()
    assert source.calls == ["discard"]
    assert not inbox.put(b"y" * HIGH_WATER)
    assert (inbox.size, inbox.received) == (0, HIGH_WATER + 1)
    assert await body.read() == b""


def test_a_dropped_body_is_an_abandoned_one(source) -> None:
    StreamedBody(Inbox(source), 5)
    assert source.calls == ["discard"]


async def test_a_body_that_has_all_come_may_be_read_later(source) -> None:
    inbox = Inbox(source)
    body = StreamedBody(inbox, 5)
    inbox.put(b"hello")
    inbox.end()
    assert (body.whole, body.length) == (None, 5)
    assert await body.read() == b"hello"
    del body
    assert source.calls == []
