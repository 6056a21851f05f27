"""HTTP messages as plain values: what every room reads, and what `wire` alone turns from and into bytes.

Everything that came from a peer is `bytes`, as it was sent. Field names are lower-case, as HTTP/2 sends them, so that a
name has one spelling inside the house. Nothing here does I/O; a body that is still on its way is read through `Body.read`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Field = tuple[bytes, bytes]


class Headers:
    """An ordered list of fields with an index for look-ups.

    `get` gives all values of a name as one list (RFC 9110, section 5.3), so that no reader can be shown the first of two
    fields while another reads the second. `Set-Cookie`, which is no list, is read with `get_all`.

    Attributes:
        fields: name and value of each, in order.
        is_shared: whether they can't be changed, because several messages have them.
        block: the fields as they were last written to an origin; kept with shared ones only, for the next message.
    """

    __slots__ = ("_index", "block", "fields", "is_shared")

    def __init__(self, fields: Iterable[Field] = ()) -> None:
        """Take fields whose names are lower-case already."""
        self.fields: list[Field] = fields if type(fields) is list else list(fields)
        self._index: dict[bytes, bytes] | None = None
        self.is_shared = False
        self.block: bytes | None = None

    def shared(self) -> Headers:
        """Itself, which from now on can't be changed, because several messages have it."""
        self.is_shared = True
        return self

    def _indexed(self) -> dict[bytes, bytes]:
        index: dict[bytes, bytes] = {}
        for name, value in self.fields:
            if name in index:
                index[name] += (b"; " if name == b"cookie" else b", ") + value
            else:
                index[name] = value
        self._index = index
        return index

    def get(self, name: bytes) -> bytes | None:
        """The values of `name` joined with a comma (a semicolon for Cookie), or None where the field is absent."""
        index = self._index
        if index is None:
            index = self._indexed()
        return index.get(name)

    def get_all(self, name: bytes) -> list[bytes]:
        """Each value of `name`, in order."""
        return [value for key, value in self.fields if key == name]

    def __contains__(self, name: object) -> bool:
        index = self._index
        if index is None:
            index = self._indexed()
        return name in index

    def __iter__(self) -> Iterator[Field]:
        return iter(self.fields)

    def __len__(self) -> int:
        return len(self.fields)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self.fields == other.fields

    __hash__ = None  # type: ignore[assignment]  # mutable

    def __repr__(self) -> str:
        return f"Headers({self.fields!r})"

    def add(self, name: bytes, value: bytes) -> None:
        """Append one field."""
        self._check()
        self.fields.append((name, value))
        self._index = None

    def set(self, name: bytes, value: bytes) -> None:
        """Make `name` occur once, with `value`."""
        if name in self:
            self.remove(name)
        self.add(name, value)

    def remove(self, name: bytes) -> None:
        """Drop every field called `name`; nothing happens where there is none."""
        if name in self:
            self._check()
            self.fields = [item for item in self.fields if item[0] != name]
            self._index = None

    def lasting(self) -> Headers:
        """The same fields, safe from later changes: itself where it is shared, else a copy."""
        return self if self.is_shared else self.copy()

    def _check(self) -> None:
        if self.is_shared:
            raise TypeError("these headers are shared by several messages; change a copy")

    def without(self, names: frozenset[bytes]) -> Headers:
        """A copy that lacks `names`."""
        return Headers([item for item in self.fields if item[0] not in names])

    def copy(self) -> Headers:
        """A copy that can be changed alone."""
        return Headers(self.fields.copy())


class Body:
    """The content of a message, read once, in pieces.

    Attributes:
        length: bytes in all, or None when only the end will tell.
        whole: the complete content where it is here already, else None. Reading still works then.
        limit: octets after which reading a client's body is refused with 413; None where nobody has said.
        received: octets that have come so far.
    """

    __slots__ = ("length", "limit", "received", "whole")

    def __init__(self, whole: bytes | None = b"", length: int | None = None) -> None:
        self.whole = whole
        self.limit: int | None = None
        self.length = len(whole) if whole is not None else length
        self.received = len(whole) if whole is not None else 0

    async def read(self) -> bytes:
        """The next piece, of whatever size has come; b"" at the end, and ever after.

        Raises:
            Fault: the peer stalled, went away, or broke its framing.
        """
        piece, self.whole = self.whole or b"", b""
        return piece

    def rewind(self) -> bool:
        """Have it read again from its beginning; False where that can't be, because nobody kept it."""
        return False

    def abandon(self) -> None:
        """Say that nobody will read the rest."""


@dataclass(slots=True)
class Request:
    """A request as it will be inspected and forwarded.

    Attributes:
        method: as sent, case kept.
        target: origin-form target as the client sent it (absolute-form loses scheme and authority); for inspection.
        path: `target` up to the query, normalised (RFC 3986, section 6.2.2: unreserved octets decoded, hex in capitals,
            dot segments resolved); this is matched against routes, keyed in the cache, and forwarded.
        query: what stands after the first `?`, as sent; None where there is no `?`.
        scheme: b"https" or b"http", as the client reached the edge.
        authority: the host the client asked for, lower-case, with its port if one was sent.
        headers: not to be changed; requests of one connection may share them.
        version: b"1.0" or b"1.1".
        id: the edge's own, which the origin gets as X-Request-Id; empty for none.
    """

    method: bytes
    target: bytes
    path: bytes
    query: bytes | None
    scheme: bytes
    authority: bytes
    headers: Headers
    body: Body = field(default_factory=Body)
    version: bytes = b"1.1"
    id: bytes = b""

    @property
    def host(self) -> bytes:
        """`authority` without its port, which may be empty; the brackets of an IPv6 address stay."""
        head, colon, tail = self.authority.rpartition(b":")
        return head if colon and (not tail or tail.isdigit()) else self.authority


@dataclass(slots=True)
class Response:
    """A response, from the origin, the cache, or the edge itself."""

    status: int
    headers: Headers
    body: Body = field(default_factory=Body)


@dataclass(frozen=True, slots=True)
class Account:
    """On whose behalf a request comes.

    Attributes:
        id: a name safe to log: configured, or a keyed hash of the credential; never the credential.
        source: which configured source told, such as `token` or `host_label`.
        verified: True only where the edge itself proved it: a known token, or a signature that holds.
    """

    id: str
    source: str
    verified: bool

    @property
    def is_place(self) -> bool:
        """Whether it says only where a request goes: anybody may go anywhere."""
        return self.source in ("host_label", "path_segment")


@dataclass(frozen=True, slots=True)
class Client:
    """Who is at the other end.

    Attributes:
        address: the client's IP address in text, trusted proxies taken into account; IPv4-mapped addresses as IPv4.
        peer: the address of the connection's other end.
        account: None for anonymous requests.
        vouched: the origin has shown that it knows the credential, which the edge itself can't verify.
    """

    address: str
    peer: str
    account: Account | None = None
    vouched: bool = False

    @property
    def authenticated(self) -> bool:
        """Whether it is proven who asks: by the edge itself, or by what the origin has answered."""
        return self.vouched or (self.account is not None and self.account.verified)
