from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.gateway.screen import Screen
from edgeguard.waf import rules_from_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Start = Callable[..., Awaitable[Any]]


def test_it_is_wanted_only_where_a_rule_looks(rules: str) -> None:
    assert Screen(rules_from_text(rules, Waf())).wanted
    assert not Screen(rules_from_text(rules.partition("- id: t-2")[0], Waf())).wanted


def replies(kind: str, *pieces: bytes) -> Any:
    async def script(asked: Any) -> None:
        await asked.send(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for piece in pieces:
            await asked.send(b"%x\r\n%b\r\n" % (len(piece), piece))
            await asyncio.sleep(0.005)
        await asked.send(b"0\r\n\r\n")

    return script


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("text/html", 403),
        ("Application/JSON", 403),
        ("application/vnd.api+json; a=b", 403),
        ("image/png", 200),
        ("text/event-stream", 200),
    ],
)
async def test_a_word_that_comes_in_pieces_is_found_in_what_can_be_read(edge: Start, origin: Any, kind: str, status: int) -> None:
    origin.script = replies(kind, b"a leaked", b"word b")
    client = await (await edge()).client()
    client.get()
    answer = await client.read()
    assert answer.status == status
    if status == 200:
        assert answer.body == b"a leakedword b"


async def test_what_rules_are_to_read_is_not_asked_for_compressed(edge: Start, origin: Any, rules: str) -> None:
    client = await (await edge(routes=[{"name": "unseen", "paths": ["/unseen"], "waf": "off"}])).client()
    for path in ("/", "/unseen"):
        client.get(path, "Accept-Encoding: gzip")
        await client.read()
    assert ["accept-encoding" in asked for asked in origin.asked] == [False, True]


async def test_past_the_bound_content_goes_on_unseen_and_unchanged(edge: Start, origin: Any) -> None:
    pieces = (b"x" * 600, b"y" * 600, b"leakedword")
    origin.script = replies("text/plain", *pieces)
    client = await (await edge(waf={"inspect_bytes": 1000})).client()
    client.get()
    assert (await client.read()).body == b"".join(pieces)


async def test_an_answer_that_breaks_off_while_it_is_held_is_a_fault(edge: Start, origin: Any) -> None:
    async def script(asked: Any) -> None:
        await asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n")
        asked.writer.close()

    origin.script = script
    client = await (await edge()).client()
    client.get()
    assert (await client.read()).status == 502
