"""Bytes of an origin to a response. No I/O; one parser serves one connection, one response after another.

An origin says the same lines all day, so `grammar` remembers those that it has read. Where a response ends is decided by RFC
9112, section 6.3, with no case that can be read in two ways. What follows a finished response is never read as another one: it
makes the connection unfit for further use (same section, "extra data").

A response's life: `expect` the answer to a method; `receive` what comes until `done`; `eof` when the connection ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.errors import OriginFault
from edgeguard.message import Headers
from edgeguard.wire.body import ChunkedDecoder, CloseDecoder, Decoder, LengthDecoder
from edgeguard.wire.grammar import VALUE, FramingError, check_unfinished, content_length, field_line

if TYPE_CHECKING:
    from edgeguard.message import Field

# Fields of one response. Apache and Envoy take 100; a CMS that preloads assets sends many Link and Set-Cookie fields.
FIELDS_MOST = 200
# Interim responses before the final one. 100 and 103 come once or twice; an endless run of them would hold a request for ever.
INTERIM_MOST = 16

# What speaks to the next hop only (RFC 9110, section 7.6.1) is read here, and not handed on; so is the length, which goes back.
_OWN = frozenset(
    (b"connection", b"content-length", b"keep-alive", b"proxy-connection", b"te", b"trailer", b"transfer-encoding", b"upgrade")
)
# Connection's usual values as options, so that they need no taking apart.
_USUAL: dict[bytes, tuple[bytes, ...]] = {b"keep-alive": (b"keep-alive",), b"Keep-Alive": (b"keep-alive",), b"close": (b"close",)}


_STARTS = (b"HTTP/1.1 ", b"HTTP/1.0 ")


def _broken(detail: str, reason: str = "http_protocol_error") -> OriginFault:
    return OriginFault(502, reason, detail)


class ResponseParser:
    """Responses out of the bytes of one connection. Faults carry RFC 9209's error types as their reasons.

    Args:
        header_bytes: the longest head that is taken, its last empty line not counted.

    Attributes:
        status: of the final response; 0 until its head is here.
        headers: without the hop-by-hop fields; None until the head is here.
        length: octets of content, or None where only the end will tell.
        done: the response is complete.
        keep_alive: once done, whether the connection may carry another request.
        surplus: more came than belongs to the response.
        started: at least one byte of an answer has come.
    """

    __slots__ = (
        "_buffer",
        "_decoder",
        "_fields",
        "_head_most",
        "_interim",
        "_method",
        "_own",
        "_seen",
        "done",
        "headers",
        "keep_alive",
        "length",
        "started",
        "status",
        "surplus",
    )

    def __init__(self, header_bytes: int) -> None:
        self._head_most = header_bytes
        self.expect(b"GET")

    def __repr__(self) -> str:
        state = "done" if self.done else "body" if self.headers is not None else "head"
        return f"ResponseParser({state}, status={self.status}, keep_alive={self.keep_alive})"

    def expect(self, method: bytes) -> None:
        """Begin anew: the next bytes answer a request with `method`."""
        self._method = method
        self._buffer: bytearray | None = None
        self._seen = 0
        self._interim = 0
        self._decoder: Decoder | None = None
        self.status = 0
        self.headers: Headers | None = None
        self.length: int | None = None
        self._fields: list[Field] = []
        self._own: list[Field] = []
        self.done = self.keep_alive = self.surplus = self.started = False

    def receive(self, data: bytes) -> bytes:
        """Take bytes from the connection; gives what they hold of the content.

        Raises:
            OriginFault: 502, and the connection is of no more use.
        """
        try:
            if self.headers is None:
                self.started = True
                rest = self._head(data)
                if rest is None:
                    return b""
                data = rest
            decoder = self._decoder
            if decoder is None:
                content, left = b"", data
            else:
                content, over = decoder.decode(data)
                if over is None:
                    return content
                left = over
                self._decoder = None
        except FramingError as error:
            raise _broken(error.reason) from None
        self.done = True
        if left:
            self.surplus = True
            self.keep_alive = False
        return content

    def eof(self) -> None:
        """The origin has ended the connection. Returns only where that completes the response.

        Raises:
            OriginFault: 502, for a response that is missing or cut short.
        """
        if not self.started:
            raise _broken("closed before any answer", "connection_terminated")
        if not isinstance(self._decoder, CloseDecoder):
            raise _broken("closed in the middle of an answer", "http_response_incomplete")
        self._decoder = None
        self.done = True

    def _head(self, data: bytes) -> bytes | None:
        """Read heads up to the final one; what follows it, or None when more is needed."""
        if self._buffer is not None:
            self._buffer += data
            end = self._buffer.find(b"\r\n\r\n", max(0, self._seen - 3))
            if end < 0:
                self._unfinished(self._buffer)
                return None
            data, self._buffer, self._seen = bytes(self._buffer), None, 0
        else:
            end = data.find(b"\r\n\r\n")
        while end >= 0:
            if end > self._head_most:
                raise _broken("the head is too long", "http_response_header_section_size")
            status = self._read(data[: end + 4])
            data = data[end + 4 :]
            if status >= 200:
                return data
            self._interim += 1
            if status == 101 or self._interim > INTERIM_MOST:
                raise _broken("switched protocols unasked" if status == 101 else "too many interim responses")
            end = data.find(b"\r\n\r\n")
        self._buffer = bytearray(data)
        self._unfinished(self._buffer)
        return None

    def _unfinished(self, buffer: bytearray) -> None:
        if len(buffer) > self._head_most + 3:
            raise _broken("the head is too long", "http_response_header_section_size")
        check_unfinished(bytes(buffer[max(0, self._seen - 1) :]))
        self._seen = len(buffer)

    def _read(self, head: bytes) -> int:
        """One head, line by line; its status. A final one sets up the rest of this object."""
        line, *lines = head[:-4].split(b"\r\n")
        start, digits = line[:9], line[9:12]
        if start not in _STARTS or not digits.isdigit() or line[12:13] not in (b"", b" ") or line.translate(None, VALUE):
            raise _broken("not the status line of HTTP/1")
        status = int(digits)
        if not 100 <= status < 600:
            raise _broken("no such status")
        if len(lines) > FIELDS_MOST:
            raise _broken("too many fields", "http_response_header_section_size")
        fields: list[Field] = []
        own: list[Field] = []
        self._fields, self._own = fields, own
        for raw in lines:
            field = field_line(raw)
            (own if field[0] in _OWN else fields).append(field)
        if status >= 200:
            self._frame(status, start == b"HTTP/1.1 ")
        return status

    def _frame(self, status: int, modern: bool) -> None:
        """How the content is framed, and whether the connection survives it; no case is left that can be read in two ways."""
        coding: bytes | None = None
        length: bytes | None = None
        options: tuple[bytes, ...] = ()
        for name, value in self._own:
            if name == b"content-length":
                length = value if length is None else length + b"," + value
            elif name == b"connection":
                options += _USUAL.get(value) or tuple([option.strip(b" \t") for option in value.lower().split(b",")])
            elif name == b"transfer-encoding":
                coding = value if coding is None else coding + b", " + value
        if length is not None:
            length = _one_of(length) if b"," in length else length
            self._fields.append((b"content-length", length))
        self.keep_alive = b"close" not in options if modern else b"keep-alive" in options
        if coding is not None and (length is not None or not modern):
            raise _broken("Transfer-Encoding beside Content-Length, or in HTTP/1.0")
        size = None if length is None else content_length(length)
        if status in (204, 304) or self._method == b"HEAD":
            self.length = 0
            # Origins that send the content of an answer to HEAD are not rare, and it would be read as the answer to somebody
            # else's request: such a connection is used again only where there is none to send.
            self.keep_alive = self.keep_alive and (coding is None or status != 204) and (self._method != b"HEAD" or size == 0)
        elif coding is not None:
            if coding.strip(b" \t").lower() != b"chunked":
                raise _broken("a transfer coding other than chunked", "http_response_transfer_coding")
            self._decoder = ChunkedDecoder(strict_average=False)
        elif size is None:
            self._decoder = CloseDecoder()
            self.keep_alive = False
        else:
            self.length = size
            self._decoder = LengthDecoder(size) if size else None
        self.status = status
        self.headers = Headers(self._fields)
        if len(options) > 1 or (options and options[0] not in _USUAL):
            self.headers = self.headers.without(frozenset(options))


def _one_of(values: bytes) -> bytes:
    """Content-Length where it is said more than once: equal values are one (RFC 9110, section 8.6).

    Raises:
        FramingError: they differ.
    """
    lengths = {value.strip(b" \t") for value in values.split(b",")}
    if len(lengths) != 1:
        raise FramingError("bad-content-length")
    return lengths.pop()
