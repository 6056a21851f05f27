"""Bytes of a client to requests. No I/O; one parser serves one connection.

Two opinions must agree on every head: the checks of `grammar`, made on the raw bytes, and llhttp. What either refuses is refused.
llhttp is shown heads only, each to its last byte: where a body ends, and so where the next head begins, is decided here alone.
A connection's requests mostly differ in their first line alone. Fields that are the same octets as those of the request
before are not read again: what was found good once is good, and one parser serves one client.

The order of a connection's life: `receive` what came; `next_request` until it gives None; while `decoder` is set, `content` gives
the body's pieces, and the next request can't be had before the body has ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import httptools

from edgeguard.errors import ClientFault
from edgeguard.message import Body, Headers, Request
from edgeguard.wire import target as targets
from edgeguard.wire.body import ChunkedDecoder, Decoder, LengthDecoder
from edgeguard.wire.grammar import FramingError, authority, check_head, check_unfinished, content_length, field_name, is_token

if TYPE_CHECKING:
    from edgeguard.message import Field

_VERSIONS = {b"HTTP/1.1": b"1.1", b"HTTP/1.0": b"1.0"}
_NEVER = frozenset((b"CONNECT", b"TRACE"))  # a tunnel through the edge, and a mirror for a client's secrets
_USUAL = frozenset((b"GET", b"HEAD", b"POST", b"PUT", b"PATCH", b"DELETE", b"OPTIONS"))  # llhttp need not be asked about these
_CHUNKED = (b"\r\ntransfer-encoding: chunked\r\n", b"\r\ntransfer-encoding:chunked\r\n")  # any other spelling is refused
# Fields of one value, of which two origins would take a different one where it is sent twice. Host and the framing see below.
_ONCE = (b"authorization", b"content-type")
_KEPT_MOST = 4096  # octets of fields that are kept for the next request; long cookies are not worth the memory


_NONE = Headers().shared()


class HeadLimits(NamedTuple):
    """How large a request's head may be; the defaults and their reasons stand in `config.model.Wire`.

    Attributes:
        request_line: octets of the first line, without its end.
        header_bytes: octets of the whole head, without the empty line that ends it.
        header_fields: how many fields.
    """

    request_line: int = 8192
    header_bytes: int = 32768
    header_fields: int = 100


class _Fields:
    """What llhttp reports of one head."""

    __slots__ = ("done", "fields")

    def __init__(self) -> None:
        self.fields: list[Field] = []
        self.done = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.fields.append((field_name(name), value))

    def on_headers_complete(self) -> None:
        self.done = True


class RequestParser:
    """Requests out of the bytes of one connection.

    Args:
        limits: of each head; what may take how long is for whoever owns the connection to say.
        scheme: b"https" or b"http", as the client reached the edge.

    Attributes:
        decoder: set while the body of the request given last is still on its way.
        keep_alive: whether the request given last lets the connection stay open.
        expects_continue: whether the client waits for 100 before it sends the body.
    """

    __slots__ = (
        "_buffer",
        "_expects",
        "_fields_most",
        "_head_most",
        "_headers",
        "_host",
        "_kept",
        "_line_most",
        "_scheme",
        "_seen",
        "_skipped",
        "decoder",
        "expects_continue",
        "keep_alive",
    )

    def __init__(self, limits: HeadLimits, scheme: bytes) -> None:
        self._line_most = limits.request_line
        self._head_most = limits.header_bytes
        self._fields_most = limits.header_fields
        self._scheme = scheme
        self._buffer: bytes | bytearray = b""
        self._seen = 0
        self._skipped = False  # whether an empty line was forgiven since the last head
        self._kept = b""  # version and fields of the last request, as they were sent; what follows is what they mean
        self._headers = _NONE
        self._host = b""
        self._expects = False
        self.decoder: Decoder | None = None
        self.keep_alive = True
        self.expects_continue = False

    def __repr__(self) -> str:
        return f"RequestParser(buffered={len(self._buffer)}, body={'unfinished' if self.decoder else 'none'})"

    @property
    def buffered(self) -> int:
        """Bytes that wait to be parsed."""
        return len(self._buffer)

    def receive(self, data: bytes) -> None:
        """Take bytes from the connection; nothing is looked at yet."""
        if not self._buffer:
            self._buffer = data
        elif isinstance(self._buffer, bytearray):
            self._buffer += data
        else:
            self._buffer = bytearray(self._buffer) + data

    def next_request(self) -> Request | None:
        """The next request, or None when more bytes are needed.

        Its body is whole (`body.whole`) when it has come together with the head; else `body.whole` is None, `decoder` is set,
        and `content` gives the pieces.

        Raises:
            ClientFault: always with `close`: after it, nothing on this connection can be trusted.
        """
        buffer = self._buffer
        if not buffer or self.decoder is not None:
            return None
        try:
            if buffer[0] == 0x0D:
                buffer = self._after_empty_line()
            end = buffer.find(b"\r\n\r\n", max(0, self._seen - 3))
            if end < 0 or end > self._head_most:
                self._check_size(buffer, end)
                return None
            head = bytes(buffer[: end + 4])
            self._buffer = bytes(buffer[end + 4 :])
            self._seen = 0
            self._skipped = False
            return self._request(head)
        except FramingError as error:
            raise ClientFault(400, error.reason, close=True) from None

    def content(self) -> tuple[bytes, bool]:
        """What has come of the body since the last call, and whether that was the end of it.

        Raises:
            ClientFault: the framing is broken.
        """
        decoder, data = self.decoder, bytes(self._buffer)
        if decoder is None:
            return b"", True
        if not data:
            return b"", False
        try:
            piece, rest = decoder.decode(data)
        except FramingError as error:
            raise ClientFault(400, error.reason, close=True) from None
        if rest is None:
            self._buffer = b""
            return piece, False
        self._buffer = rest
        self.decoder = None
        return piece, True

    def _after_empty_line(self) -> bytes | bytearray:
        """RFC 9112, section 2.2: an empty line before a request line is forgiven; not more, lest they hold a connection."""
        if self._buffer.startswith(b"\r\n"):
            if self._skipped or self._buffer.startswith(b"\r\n\r\n"):
                raise FramingError("empty-lines")
            self._skipped = True
            self._buffer = bytes(self._buffer[2:])
            self._seen = 0
        return self._buffer

    def _check_size(self, buffer: bytes | bytearray, end: int) -> None:
        """Called for a head that is unfinished or too long: refuse what can't become a good one."""
        line = buffer.find(b"\r\n", 0, self._line_most + 2)
        if line < 0 and len(buffer) >= self._line_most + 2:
            raise ClientFault(414, "long-request-line", close=True)
        if end > self._head_most or len(buffer) > self._head_most + 3:
            raise ClientFault(431, "long-header", close=True)
        check_unfinished(bytes(buffer[max(0, self._seen - 1) :]))
        self._seen = len(buffer)

    def _request(self, head: bytes) -> Request:
        end = head.index(b"\r\n")
        if end > self._line_most:
            raise ClientFault(414, "long-request-line", close=True)
        method, target, version = self._request_line(head[:end])
        fields = head[end - len(b"HTTP/1.1") :]
        if fields == self._kept and method in _USUAL:
            headers = self._headers
        else:
            headers = self._read(head, end, version)
            self._kept, self._headers = (fields, headers) if len(fields) <= _KEPT_MOST else (b"", _NONE)
        host, path, query = targets.split(target, method)
        if host is None:
            host = self._host
        else:
            target = path if query is None else path + b"?" + query
            if host != self._host:
                # RFC 9112, section 3.2.2: the target's host wins, so no reader may be shown the other one.
                headers = Headers([(name, host if name == b"host" else value) for name, value in headers])
        body = self._body(headers, version)
        return Request(method, target, targets.normalise(path), query, self._scheme, host, headers, body, version)

    def _read(self, head: bytes, end: int, version: bytes) -> Headers:
        """Hold the head to both opinions, and keep what its fields mean."""
        self._kept = b""  # what follows may fail half-way
        lines = check_head(head[:-4] if len(head) > end + 4 else head[:end])
        if lines > self._fields_most:
            raise ClientFault(431, "many-fields", close=True)
        fields = self._fields(head)
        if len(fields) != lines:
            raise FramingError("parsers-disagree")
        if b" \r\n" in head or (b"\t" in head and b"\t\r\n" in head):
            fields = _trimmed(fields)
        headers = Headers(fields)
        host = headers.get(b"host")
        if host is None:
            raise FramingError("missing-host")
        if any(name in headers and len(headers.get_all(name)) > 1 for name in _ONCE):
            raise FramingError("repeated-field")
        self._host = authority(host)  # two Host fields were joined with a comma and a space, which no authority holds
        if b"transfer-encoding" in headers and not any(spelling in head.lower() for spelling in _CHUNKED):
            raise FramingError("bad-transfer-encoding")
        self._expects = _expects(headers.get(b"expect"), version)
        self.keep_alive = _persists(headers.get(b"connection"), version)
        return headers.shared()

    def _request_line(self, line: bytes) -> tuple[bytes, bytes, bytes]:
        parts = line.split(b" ")
        if len(parts) != 3:
            raise FramingError("bad-request-line")
        method, target, protocol = parts
        version = _VERSIONS.get(protocol)
        if version is None:
            raise FramingError("unknown-version")
        if not is_token(method):
            raise FramingError("bad-method")
        if method in _NEVER:
            raise ClientFault(405, "method-never-allowed", close=True)
        return method, target, version

    def _fields(self, head: bytes) -> list[Field]:
        """The head as llhttp reads it."""
        report = _Fields()
        parser: Any = httptools.HttpRequestParser(report)
        try:
            parser.feed_data(head)
        except httptools.HttpParserUpgrade:
            pass  # no protocol is switched to: Upgrade goes with the other hop-by-hop fields
        except httptools.HttpParserInvalidMethodError:
            raise ClientFault(501, "unknown-method", close=True) from None
        except httptools.HttpParserError as error:
            if isinstance(error.__context__, FramingError):
                raise error.__context__ from None
            raise FramingError("not-http") from None
        if not report.done:
            raise FramingError("not-http")
        return report.fields

    def _body(self, headers: Headers, version: bytes) -> Body:
        """How the content is framed (RFC 9112, section 6.3), with no case in which two readers could differ."""
        coding, length = headers.get(b"transfer-encoding"), headers.get(b"content-length")
        self.expects_continue = False
        if coding is None and length is None:
            return Body()
        if coding is not None:
            if length is not None or version == b"1.0" or coding.lower() != b"chunked":
                raise FramingError("bad-transfer-encoding")
            self.decoder = ChunkedDecoder()
            size = None
        else:
            size = content_length(length or b"")
            if size == 0:
                return Body()
            if size <= len(self._buffer):
                whole, self._buffer = bytes(self._buffer[:size]), self._buffer[size:]
                return Body(whole)
            self.decoder = LengthDecoder(size)
        self.expects_continue = self._expects
        return Body(None, size)


def _trimmed(fields: list[Field]) -> list[Field]:
    """Values without the space behind them, which is none of theirs, and which llhttp leaves; lengths must do without it."""
    return [(name, value if name == b"content-length" else value.rstrip(b" \t")) for name, value in fields]


def _expects(expect: bytes | None, version: bytes) -> bool:
    """Whether the client asks for 100 (RFC 9110, section 10.1.1).

    Raises:
        ClientFault: 417, it expects something else.
    """
    if expect is None or version == b"1.0":
        return False
    if expect.lower() != b"100-continue":
        raise ClientFault(417, "unknown-expectation", close=True)
    return True


def _persists(connection: bytes | None, version: bytes) -> bool:
    """Whether the connection may carry another request (RFC 9112, section 9.3)."""
    if connection is None:
        return version == b"1.1"
    connection = connection.lower()
    if connection == b"keep-alive":
        return True
    options = [option.strip(b" \t") for option in connection.split(b",")]
    return b"close" not in options and (version == b"1.1" or b"keep-alive" in options)
