"""Two readers of one stream must never see two different streams. Whatever could be read in two ways is refused, and not a byte
of it reaches the origin; what is forwarded is framed anew, so that no client decides where the origin sees a request end.
"""

from __future__ import annotations

import pytest

HEAD = b"POST /first HTTP/1.1\r\nHost: cms.example\r\n"
SECOND = b"GET /smuggled HTTP/1.1\r\nHost: cms.example\r\nX-Evil: 1\r\n\r\n"

REFUSED = {
    "CL.TE": HEAD + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    "TE.CL": HEAD + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(SECOND), SECOND),
    "TE.TE": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "TE twice the same": HEAD + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE list": HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
    "TE with a prefix": HEAD + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "TE quoted": HEAD + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "TE after a tab": HEAD + b"Transfer-Encoding:\tchunked\r\n\r\n0\r\n\r\n",
    "TE after a vertical tab": HEAD + b"Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n",
    "TE with a space before the colon": HEAD + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "TE on a folded line": HEAD + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "TE hidden behind a bare CR": HEAD + b"X: y\rTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE hidden behind a bare LF": HEAD + b"X: y\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE with a space before its name": HEAD + b"X: y\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "TE in HTTP/1.0": HEAD.replace(b"1.1", b"1.0") + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
    "two lengths in a list": HEAD + b"Content-Length: 5, 6\r\n\r\nhello",
    "a length with a sign": HEAD + b"Content-Length: +5\r\n\r\nhello",
    "a length in hex": HEAD + b"Content-Length: 0x5\r\n\r\nhello",
    "a length with a space in it": HEAD + b"Content-Length: 5 0\r\n\r\nhello",
    "a negative length": HEAD + b"Content-Length: -1\r\n\r\n",
    "a length past 64 bits": HEAD + b"Content-Length: 18446744073709551621\r\n\r\nhello",
    "a length in other digits": HEAD + "Content-Length: \u0665\r\n\r\nhello".encode(),
    "an empty length": HEAD + b"Content-Length: \r\n\r\n" + SECOND,
    "a folded field": HEAD + b"X-Long: a\r\n b\r\n\r\n",
    "bare LF throughout": b"GET /first HTTP/1.1\nHost: cms.example\n\n",
    "bare LF at the end of the head": b"GET /first HTTP/1.1\r\nHost: cms.example\r\n\n" + SECOND,
    "NUL in a value": HEAD + b"X: a\0b\r\n\r\n",
    "a space before the colon": HEAD + b"X-Field : 1\r\n\r\n",
    "no colon": HEAD + b"garbage\r\n\r\n",
    "an empty name": HEAD + b": 1\r\n\r\n",
    "two hosts": b"GET /first HTTP/1.1\r\nHost: cms.example\r\nHost: evil.example\r\n\r\n",
    "two credentials": b"GET /first HTTP/1.1\r\nHost: cms.example\r\nAuthorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "two content types": HEAD + b"Content-Type: text/plain\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}",
    "no host": b"GET /first HTTP/1.1\r\nX: 1\r\n\r\n",
    "a host with a path": b"GET /first HTTP/1.1\r\nHost: cms.example/evil\r\n\r\n",
    "user information in the target": b"GET http://cms.example@evil.example/ HTTP/1.1\r\nHost: cms.example\r\n\r\n",
    "another scheme": b"GET gopher://cms.example/ HTTP/1.1\r\nHost: cms.example\r\n\r\n",
    "a space in the target": b"GET /first /smuggled HTTP/1.1\r\nHost: cms.example\r\n\r\n",
    "a tab for a space": b"GET\t/first HTTP/1.1\r\nHost: cms.example\r\n\r\n",
    "HTTP/0.9": b"GET /first\r\n\r\n",
    "a version of its own": b"GET /first HTTP/1.2\r\nHost: cms.example\r\n\r\n",
    "HTTP/2's preface": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a tunnel": b"CONNECT cms.example:443 HTTP/1.1\r\nHost: cms.example:443\r\n\r\n",
    "a fragment": b"GET /first#smuggled HTTP/1.1\r\nHost: cms.example\r\n\r\n",
}


@pytest.fixture
async def edge(make_origin, make_edge):
    origin = await make_origin()
    edge = await make_edge(origin.url)
    edge.origin = origin
    return edge


async def test_what_two_readers_could_read_differently_is_refused_and_nothing_of_it_goes_on(edge, connect) -> None:
    for name, raw in REFUSED.items():
        client = await connect(edge.port)
        # The second request follows in the same bytes, and again after the refusal.
        await client.send(raw + SECOND)
        answer = await client.answer()
        assert answer.status in (400, 405), (name, answer)
        assert answer.fields["connection"] == "close", name
        assert answer.fields["content-type"] == "application/problem+json", name
        client.writer.write(SECOND)
        assert await client.rest() == b"", name
    assert edge.origin.heads == []
    client = await connect(edge.port)
    assert (await client.ask("/fine")).status == 200
    assert edge.origin.lines == ["GET /fine"]


CHUNKS = {
    "a size with a sign": b"+5\r\nhello\r\n0\r\n\r\n",
    "a size with a prefix": b"0x5\r\nhello\r\n0\r\n\r\n",
    "a size with a space": b"5 \r\nhello\r\n0\r\n\r\n",
    "a bare LF after the size": b"5\nhello\r\n0\r\n\r\n",
    "a bare LF in an extension": b"5;a\nb\r\nhello\r\n0\r\n\r\n",
    "no end of line after the data": b"5\r\nhelloXX0\r\n\r\n",
    "more data than said": b"5\r\nhello!\r\n0\r\n\r\n",
    "a size past 64 bits": b"10000000000000005\r\nhello\r\n0\r\n\r\n",
    "no size": b"\r\nhello\r\n0\r\n\r\n",
    "a length in the trailer": b"5\r\nhello\r\n0\r\nContent-Length: 50\r\n\r\n",
    "a bare LF at the end": b"5\r\nhello\r\n0\n\n",
}


async def test_a_broken_chunked_body_never_becomes_a_whole_request_at_the_origin(edge, connect) -> None:
    for name, body in CHUNKS.items():
        client = await connect(edge.port)
        await client.send(HEAD + b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" + body + SECOND)
        answer = await client.answer()
        assert answer.status == 400, (name, answer)
        assert await client.rest() == b"", name
    # A body that is inspected is held back, so of these requests the origin has not even seen the head.
    assert edge.origin.heads == []


async def test_an_underscore_does_not_make_a_transfer_coding(edge, connect) -> None:
    client = await connect(edge.port)
    body = b"0\r\n\r\n" + SECOND
    raw = HEAD + b"Transfer_Encoding: chunked\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    await client.send(raw)
    answer = await client.answer()
    if answer.status == 200:
        assert edge.origin.lines == ["POST /first"]
        # CGI gateways take `_` for `-`, so the field must not go on under a name that they would believe.
        assert "transfer_encoding" not in edge.origin.heads[0].lower()
    else:
        assert answer.status == 400
        assert edge.origin.heads == []


async def test_a_request_in_a_body_stays_a_body(edge, connect) -> None:
    client = await connect(edge.port)
    await client.send(HEAD + b"Content-Length: %d\r\n\r\n" % len(SECOND) + SECOND)
    assert (await client.answer()).status == 200
    # CL.0: a GET with a body, which some origins take to have none; the edge says its length, and reads it.
    await client.send(b"GET /cl-zero HTTP/1.1\r\nHost: cms.example\r\nContent-Length: %d\r\n\r\n" % len(SECOND) + SECOND)
    assert (await client.answer()).status == 200
    assert (await client.ask("/third")).status == 200
    assert edge.origin.lines == ["POST /first", "GET /cl-zero", "GET /third"]
    assert f"content-length: {len(SECOND)}\r\n" in edge.origin.heads[1].lower()


async def test_a_chunked_body_is_framed_anew(edge, connect) -> None:
    client = await connect(edge.port)
    chunked = b"%x;ext=1\r\n%b\r\n0\r\nX-Trailer: 1\r\n\r\n" % (len(SECOND), SECOND)
    await client.send(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + chunked)
    assert (await client.answer()).status == 200
    assert (await client.ask("/next")).status == 200
    assert edge.origin.lines == ["POST /first", "GET /next"]
    assert "x-trailer" not in "".join(edge.origin.heads).lower()


async def test_the_host_of_an_absolute_target_wins_everywhere(edge, connect) -> None:
    client = await connect(edge.port)
    await client.send(b"GET http://one.example/path?q HTTP/1.1\r\nHost: two.example\r\n\r\n")
    assert (await client.answer()).status == 200
    (head,) = edge.origin.heads
    assert head.startswith("GET /path?q HTTP/1.1\r\n")
    assert "one.example" in head
    assert "two.example" not in head


async def test_hop_by_hop_fields_can_not_be_named_away_or_sneaked_in(edge, connect) -> None:
    client = await connect(edge.port)
    await client.ask(
        "/a", Connection="keep-alive, X-Forwarded-For, Host", TE="trailers", Upgrade="h2c", X_Forwarded_For="6.6.6.6"
    )
    (head,) = edge.origin.heads
    lower = head.lower()
    assert "\r\nhost: cms.example\r\n" in lower
    assert "\r\nx-forwarded-for: 127.0.0.1\r\n" in lower
    assert "6.6.6.6" not in lower
    assert "upgrade" not in lower
    assert "\r\nte:" not in lower


async def test_nothing_that_follows_a_refusal_is_read(edge, connect, request_bytes) -> None:
    client = await connect(edge.port)
    await client.send(request_bytes("/one") + b"GET /two HTTP/1.1\nHost: cms.example\r\n\r\n" + request_bytes("/three"))
    assert (await client.answer()).status == 200
    assert (await client.answer()).status == 400
    assert await client.rest() == b""
    assert edge.origin.lines == ["GET /one"]


async def test_the_body_of_a_blocked_request_does_not_become_the_next_request(edge, connect, request_bytes) -> None:
    here = await connect(edge.port)
    await here.send(request_bytes("/?q=attack-me", "POST", SECOND) + request_bytes("/after"))
    assert (await here.answer()).status == 403
    assert (await here.answer()).status == 200
    on_its_way = await connect(edge.port)
    head, _, body = request_bytes("/?q=attack-me", "POST", SECOND).partition(b"\r\n\r\n")
    await on_its_way.send(head + b"\r\n\r\n")
    answer = await on_its_way.answer()
    assert (answer.status, answer.fields["connection"]) == (403, "close")
    on_its_way.writer.write(body)
    assert await on_its_way.rest() == b""
    assert edge.origin.lines == ["GET /after"]
