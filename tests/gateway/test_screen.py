from __future__ import annotations

import asyncio
import gzip
import json
import random
from typing import TYPE_CHECKING, Any

import pytest

from edgeguard.config.model import Waf
from edgeguard.gateway.screen import Screen
from edgeguard.waf import rules_from_text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

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


async def test_what_rules_are_to_read_is_asked_for_in_codings_that_can_be_undone(edge: Start, origin: Any, rules: str) -> None:
    client = await (await edge(routes=[{"name": "unseen", "paths": ["/unseen"], "waf": "off"}])).client()
    for path in ("/", "/unseen"):
        client.get(path, "Accept-Encoding: gzip, dcz, br")
        await client.read()
    said = [asked["accept-encoding"] for asked in origin.asked]
    assert said == ["gzip, br", "gzip, dcz, br"]


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


MASKING = """
- id: m-1
  title: A secret in an answer
  action: mask
  match:
    open: {"http.response.headers:x-open|equals": "yes"}
    secret: {http.response.body|matches: "sk_[a-z0-9]+"}
  condition: secret and not open
  tests: {match: [{response: {body: sk_abc}}], pass: [{response: {body: none}}]}
"""


def _in_chunks(body: bytes) -> bytes:
    return b"".join(b"1\r\n%b\r\n" % body[at : at + 1] for at in range(len(body))) + b"0\r\n\r\n"


def answers(body: bytes, *fields: str, status: str = "200 OK", chunked: bool = False) -> Any:
    framing = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {len(body)}"
    head = "\r\n".join([f"HTTP/1.1 {status}", "Content-Type: application/json", framing, *fields, "", ""]).encode()

    async def script(asked: Any) -> None:
        await asked.send(head + (_in_chunks(body) if chunked else body))

    return script


@pytest.fixture
def masking(edge: Start, tmp_path: Path) -> Start:
    async def start(*, waf: dict[str, Any] | None = None, **config: Any) -> Any:
        (tmp_path / "masking.yaml").write_text(MASKING)
        return await edge(waf={"rules": ["masking.yaml"], **(waf or {})}, **config)

    return start


@pytest.mark.parametrize("chunked", [False, True])
async def test_what_leaks_is_masked_at_its_length(masking: Start, origin: Any, chunked: bool) -> None:
    origin.script = answers(b'{"a": "sk_1234", "b": "sk_x"}', "Digest: sha-256=x", chunked=chunked)
    client = await (await masking()).client()
    client.get()
    answer = await client.read()
    assert (answer.status, answer.body) == (200, b'{"a": "*******", "b": "****"}')
    assert "digest" not in dict(answer.fields)


async def test_what_is_masked_is_kept_masked(masking: Start, origin: Any) -> None:
    origin.script = answers(b"sk_1234", "Cache-Control: max-age=60")
    client = await (await masking()).client()
    for _ in range(2):
        client.get()
        assert (await client.read()).body == b"*******"
    assert len(origin.asked) == 1


async def test_compressed_content_is_masked_in_the_open(masking: Start, origin: Any) -> None:
    origin.script = answers(gzip.compress(b"a sk_1234 b"), "Content-Encoding: gzip", 'ETag: "v1"')
    client = await (await masking()).client()
    client.get("/", "Accept-Encoding: gzip")
    answer = await client.read()
    fields = dict(answer.fields)
    assert answer.body == b"a ******* b"
    assert ("content-encoding" in fields, fields["content-length"], fields["etag"]) == (False, "11", 'W/"v1"')


async def test_compressed_content_without_a_leak_goes_out_as_it_came(masking: Start, origin: Any) -> None:
    content = gzip.compress(b"harmless")
    origin.script = answers(content, "Content-Encoding: gzip", 'ETag: "v1"')
    client = await (await masking()).client()
    client.get("/", "Accept-Encoding: gzip")
    answer = await client.read()
    assert (answer.body, dict(answer.fields)["etag"]) == (content, '"v1"')


async def test_what_can_not_be_masked_is_withheld(masking: Start, origin: Any) -> None:
    content = gzip.compress(b"sk_1234 " + random.Random(1).randbytes(4000).hex().encode())
    origin.script = answers(content, "Content-Encoding: gzip")
    client = await (await masking(waf={"inspect_bytes": 1000})).client()
    client.get("/", "Accept-Encoding: gzip")
    answer = await client.read()
    assert answer.status == 502
    assert b"sk_" not in answer.body


async def test_a_secret_that_reaches_beyond_what_is_inspected_is_masked_to_its_end(masking: Start, origin: Any) -> None:
    body = b"x" * 994 + b" sk_1234567890abcdef tail sk_5"
    origin.script = answers(body, chunked=True)
    client = await (await masking(waf={"inspect_bytes": 1000})).client()
    client.get()
    answer = await client.read()
    assert answer.body == b"x" * 994 + b" " + b"*" * 19 + b" tail sk_5"


async def test_a_part_is_asked_for_as_a_whole(masking: Start, origin: Any) -> None:
    async def script(asked: Any) -> None:
        if "range" in dict(asked.fields):
            head = b"HTTP/1.1 206 Partial Content\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-2/7\r\n"
            await asked.send(head + b"Content-Length: 3\r\n\r\nsk_")
        else:
            await asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nsk_1234")

    origin.script = script
    client = await (await masking()).client()
    client.get("/", "Range: bytes=0-2")
    answer = await client.read()
    assert (answer.status, answer.body) == (200, b"*******")


@pytest.mark.parametrize("kind", ["multipart/byteranges; boundary=b", "Multipart/ByteRanges;boundary=b"])
async def test_several_parts_are_asked_for_as_a_whole(masking: Start, origin: Any, kind: str) -> None:
    parts = b"\r\n--b\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-4/7\r\n\r\nsk_12\r\n--b--\r\n"

    async def script(asked: Any) -> None:
        if "range" in dict(asked.fields):
            head = f"HTTP/1.1 206 Partial Content\r\nContent-Type: {kind}\r\nContent-Length: {len(parts)}\r\n\r\n"
            await asked.send(head.encode() + parts)
        else:
            await asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 7\r\n\r\nsk_1234")

    origin.script = script
    client = await (await masking()).client()
    client.get("/", "Range: bytes=0-1,0-4")
    answer = await client.read()
    assert (answer.status, answer.body) == (200, b"*******")


async def test_a_write_is_sent_once_although_it_asks_for_a_part(masking: Start, origin: Any) -> None:
    async def script(asked: Any) -> None:
        part = "range" in dict(asked.fields)
        head = f"HTTP/1.1 {206 if part else 200} OK\r\nContent-Type: text/plain\r\nContent-Length: {3 if part else 7}\r\n\r\n"
        await asked.body()
        await asked.send(head.encode() + (b"sk_" if part else b"sk_1234"))

    origin.script = script
    client = await (await masking()).client()
    client.get("/", "Range: bytes=0-2", "Content-Length: 2", method="POST")
    client.send(b"ab")
    answer = await client.read()
    assert (answer.status, answer.body, len(origin.asked)) == (200, b"*******", 1)


async def test_a_part_of_what_no_rule_reads_stays_a_part(masking: Start, origin: Any) -> None:
    head = (
        b"HTTP/1.1 206 Partial Content\r\nContent-Type: video/mp4\r\nContent-Range: bytes 0-2/7\r\nContent-Length: 3\r\n\r\nsk_"
    )

    async def script(asked: Any) -> None:
        await asked.send(head)

    origin.script = script
    client = await (await masking()).client()
    client.get("/", "Range: bytes=0-2")
    assert ((await client.read()).status, len(origin.asked)) == (206, 1)


async def test_an_answer_that_no_rule_can_hold_for_is_not_held_back(masking: Start, origin: Any) -> None:
    go_on = asyncio.Event()

    async def script(asked: Any) -> None:
        await asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nX-Open: yes\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asked.send(b"5\r\nfirst\r\n")
        await go_on.wait()
        await asked.send(b"0\r\n\r\n")

    origin.script = script
    client = await (await masking()).client()
    client.get()
    await client.head()
    assert b"first" in await client.reader.readuntil(b"first")
    go_on.set()


@pytest.mark.parametrize("place", [{"waf": {"mode": "shadow"}}, {"routes": [{"name": "r", "waf": "shadow"}]}])
async def test_in_shadow_nothing_is_masked(masking: Start, origin: Any, place: dict[str, Any]) -> None:
    origin.script = answers(b"sk_1234")
    running = await masking(**place)
    client = await running.client()
    client.get()
    assert (await client.read()).body == b"sk_1234"


async def test_a_mask_is_told_without_what_it_hides(masking: Start, origin: Any) -> None:
    origin.script = answers(b"sk_1234")
    running = await masking()
    client = await running.client()
    client.get()
    await client.read()
    [event] = await running.lines("event", 1)
    assert (event["event"], event["masked"], event["verdict"]) == ("response_masked", 1, "pass")
    assert [(match["rule"], match["action"], match["value"]) for match in event["matches"]] == [("m-1", "mask", "***")]
    assert "sk_1234" not in json.dumps(event)


LISTING = """
- id: l-1
  title: A list of a folder
  action: block
  match: {list: {http.response.body.start|contains: Index of}}
  tests: {match: [{response: {body: Index of}}], pass: [{response: {body: x}}]}
"""


async def test_a_slow_stream_waits_for_no_more_than_its_first_piece(edge: Start, origin: Any, tmp_path: Path) -> None:
    go_on = asyncio.Event()

    async def script(asked: Any) -> None:
        word = b"first" if asked.target == "/stream" else b"Index of /"
        await asked.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n")
        await asked.send(b"%x\r\n%b\r\n" % (len(word), word))
        if asked.target == "/stream":
            await go_on.wait()
        await asked.send(b"0\r\n\r\n")

    (tmp_path / "listing.yaml").write_text(LISTING)
    origin.script = script
    client = await (await edge(waf={"rules": ["listing.yaml"]})).client()
    client.get("/stream")
    assert (await client.head()).status == 200
    assert b"first" in await client.reader.readuntil(b"first")
    go_on.set()
    await client.reader.readuntil(b"0\r\n\r\n")
    client.get("/list")
    assert (await client.read()).status == 502
