"""Whatever the request parser accepts, h11 reads in the same way; and so it does with what is sent on."""

from __future__ import annotations

import string
from typing import NamedTuple

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from edgeguard.errors import ClientFault
from edgeguard.message import Body, Headers, Request
from edgeguard.origin import upload
from edgeguard.wire.grammar import FramingError
from edgeguard.wire.request import HeadLimits, RequestParser
from edgeguard.wire.serialise import LAST_CHUNK, chunk
from edgeguard.wire.target import normalise
from edgeguard.wire.target import split as split_target


class Message(NamedTuple):
    method: bytes
    target: bytes
    version: bytes
    authority: bytes | None  # of an absolute-form target
    fields: list[tuple[bytes, bytes]]
    content: bytes


def ours(stream: bytes) -> list[tuple[Request, bytes]]:
    """The requests that are complete, with their content, up to a refusal or the end."""
    parser = RequestParser(HeadLimits(), b"http")
    parser.receive(stream)
    found = []
    try:
        while request := parser.next_request():
            content, ended = request.body.whole or b"", request.body.whole is not None
            while not ended:
                piece, ended = parser.content()
                content += piece
                if not piece and not ended:
                    return found
            found.append((request, content))
    except ClientFault:
        pass
    return found


def theirs(stream: bytes) -> list[Message]:
    """The same, as h11 reads it. The empty line that it does not forgive is taken away for it."""
    found = []
    while stream:
        connection = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 17)
        connection.receive_data(stream.removeprefix(b"\r\n"))
        content = b""
        head: h11.Request | None = None
        try:
            while not isinstance(event := connection.next_event(), h11.EndOfMessage):
                if isinstance(event, h11.Request):
                    head = event
                elif isinstance(event, h11.Data):
                    content += bytes(event.data)
                else:
                    return found
        except h11.RemoteProtocolError:
            return found
        assert head is not None
        try:
            authority, path, query = split_target(head.target, head.method)
        except FramingError:  # h11 takes any
            return found
        target = path if query is None else path + b"?" + query
        found.append(Message(head.method, target, head.http_version, authority, list(head.headers), content))
        stream = connection.trailing_data[0]
    return found


def same(request: Request, content: bytes, message: Message) -> None:
    fields = message.fields
    if message.authority is not None:
        assert request.authority == message.authority
        if request.headers.get(b"host") != dict(fields)[b"host"]:
            fields = [(name, message.authority if name == b"host" else value) for name, value in fields]
    assert (request.method, request.target, request.version) == (message.method, message.target, message.version)
    # The coding is the one value whose case h11 changes.
    assert [(n, v.lower() if n == b"transfer-encoding" else v) for n, v in request.headers] == fields
    assert content == message.content


@settings(max_examples=1200)
@given(st.data())
def test_what_is_accepted_is_read_alike(near_misses: st.SearchStrategy[bytes], data: st.DataObject) -> None:
    stream = data.draw(near_misses)
    mine, others = ours(stream), theirs(stream)
    assert len(mine) <= len(others)
    for (request, content), message in zip(mine, others, strict=False):
        same(request, content, message)


def sent_on(request: Request, content: bytes) -> bytes:
    """As the origin gets it."""
    head = upload.head(request, request.authority)
    if request.body.length is None:
        return head + chunk(content) + LAST_CHUNK
    return head + content


def held_against(request: Request, content: bytes) -> None:
    """What is sent on for `request` is one message, and the one that was inspected."""
    messages = theirs(sent_on(request, content))
    assert len(messages) == 1
    message = messages[0]
    target = request.path if request.query is None else request.path + b"?" + request.query
    assert (message.method, message.target, message.version) == (request.method, target, b"1.1")
    assert message.content == content
    own = (b"host", b"content-length", b"transfer-encoding", b"connection", b"expect")
    assert [field for field in message.fields if field[0] not in own] == [f for f in request.headers if f[0] not in own]
    assert [value for name, value in message.fields if name == b"host"] == [request.authority]
    # And our own parser, asked once more, sees nothing else in it either.
    ((again, content_again),) = ours(sent_on(request, content))
    assert (again.method, again.path, again.query, content_again) == (request.method, request.path, request.query, content)


@settings(max_examples=600)
@given(st.data())
def test_what_is_sent_on_is_what_was_inspected(near_misses: st.SearchStrategy[bytes], data: st.DataObject) -> None:
    for request, content in ours(data.draw(near_misses)):
        held_against(request, content)


TOKEN = string.ascii_letters + string.digits + "!#$%&'*+-.^_`|~"
names = st.text(TOKEN, min_size=1, max_size=12).map(lambda name: b"x" + name.encode().lower())
values = st.binary(max_size=30).map(lambda value: bytes(o for o in value if o == 9 or (o >= 32 and o != 127)).strip(b" \t"))
paths = st.text("/.%25aAfF2eE5cC;:@\\~é", max_size=30).map(lambda path: b"/" + path.encode("ascii", "ignore"))
queries = st.none() | st.text("?&=/%25\\a.:[]{}|^`\"'<>", max_size=20).map(str.encode)


@given(
    st.sampled_from([b"GET", b"POST", b"PATCH", b"PURGE"]), paths, queries, st.lists(st.tuples(names, values), max_size=8),
    st.binary(max_size=40), st.booleans(),
)  # fmt: skip
def test_any_request_is_sent_on_as_it_was_inspected(
    method: bytes, path: bytes, query: bytes | None, fields: list[tuple[bytes, bytes]], content: bytes, chunked: bool
) -> None:
    target = path if query is None else path + b"?" + query
    head = method + b" " + target + b" HTTP/1.1\r\nHost: a\r\n" + b"".join(n + b": " + v + b"\r\n" for n, v in fields)
    if chunked:
        stream = head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(content) + LAST_CHUNK
    else:
        stream = head + b"Content-Length: %d\r\n\r\n" % len(content) + content
    found = ours(stream)
    if not found:  # an escape that is none, or a path that some would climb
        assert b"%" in path or b".." in path
        return
    ((request, read),) = found
    assert (request.method, request.target, request.query, read) == (method, target, query, content)
    assert request.path == normalise(path)
    assert [field for field in request.headers if field[0].startswith(b"x")] == fields
    held_against(request, read)


def test_a_head_that_could_be_two_is_never_written() -> None:
    request = Request(b"GET", b"/", b"/", None, b"http", b"a", Headers([(b"x", b"y\r\nTransfer-Encoding: chunked")]), Body())
    with pytest.raises(ValueError, match="line end"):
        upload.head(request, b"a")
