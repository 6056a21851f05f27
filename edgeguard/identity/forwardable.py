"""Which fields of a request go on to the origin: those that the edge sets itself, and those of one hop, do not.

An origin that believes `X-Forwarded-For` believes whoever could write it. Names with an underscore are dropped, because
CGI and WSGI fold `X_Forwarded_For` and `X-Forwarded-For` into one. Framing and Host are set by `origin` when it serialises.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.config.model import FromHeader
from edgeguard.message import Headers

if TYPE_CHECKING:
    from edgeguard.config.model import Identity

# Fields of one hop (RFC 9110, section 7.6.1), and those of upgrades, which the edge does not do. Expect is answered by the
# edge. `Proxy` would become HTTP_PROXY in a CGI origin's environment.
ONE_HOP = frozenset(
    (
        b"connection", b"keep-alive", b"te", b"trailer", b"transfer-encoding", b"upgrade", b"http2-settings", b"expect",
        b"proxy", b"proxy-connection", b"proxy-authenticate", b"proxy-authorization", b"proxy-authentication-info",
    )
)  # fmt: skip

# What only proxies may say: who asks and by which way. Taken from trusted proxies, dropped from all others.
PROXIES_ONLY = frozenset(
    (
        b"forwarded", b"x-real-ip", b"x-request-id", b"x-client-ip", b"x-cluster-client-ip", b"x-originating-ip", b"x-remote-ip",
        b"x-remote-addr", b"x-remote-user", b"remote-user", b"client-ip", b"true-client-ip", b"cf-connecting-ip",
        b"fastly-client-ip", b"x-envoy-external-address", b"x-host", b"x-original-host", b"x-scheme", b"front-end-https",
        b"x-client-cert", b"ssl-client-cert",
    )
)  # fmt: skip

# What makes an origin act on another method or path than the one that was admitted and inspected; from nobody.
# `x-middleware-subrequest` made Next.js skip its own checks (CVE-2025-29927).
OVERRIDES = frozenset(
    (
        b"x-original-url", b"x-rewrite-url", b"x-http-method-override", b"x-http-method", b"x-method-override",
        b"x-middleware-subrequest",
    )
)  # fmt: skip

_PREFIXES_PROXIES = (b"x-forwarded-", b"x-ssl-")
_PREFIXES_NOBODY = (b"x-edgeguard-", b"proxy-")
_PLAIN_CONNECTION = frozenset((b"keep-alive", b"close", b"Keep-Alive", b"Close"))

# Fields that concern the content or the request as a whole. Naming one of them in Connection does not drop it: the rules
# have seen it, and the origin must get what the rules saw. RFC 9110, section 7.6.1 forbids a sender to name them.
_END_TO_END = (b"content-", b"accept", b"if-", b"x-forwarded-", b"access-control-", b"sec-")
_END_TO_END_NAMES = PROXIES_ONLY | {
    b"host", b"authorization", b"cookie", b"cache-control", b"pragma", b"range", b"origin", b"referer", b"user-agent", b"via",
    b"date", b"from", b"max-forwards", b"x-requested-with", b"x-api-key", b"x-csrf-token",
}  # fmt: skip

_MEMO = 1024  # names whose answer is remembered; a client that sends more of them pays for each anew
_LONGEST_NAME = 64  # octets of a name that is worth remembering


class _Kept(dict[bytes, bool]):
    """Name to "goes on", filled as names occur. Bounded in number and in size of names."""

    def __init__(self, dropped: frozenset[bytes], prefixes: tuple[bytes, ...]) -> None:
        super().__init__()
        self._dropped = dropped
        self._prefixes = prefixes

    def __missing__(self, name: bytes) -> bool:
        kept = name not in self._dropped and b"_" not in name and not name.startswith(self._prefixes)
        if len(self) < _MEMO and len(name) <= _LONGEST_NAME:
            self[name] = kept
        return kept


class ForwardFilter:
    """Sorts out fields. A field that names the account for a trusted party is dropped from all others, too."""

    __slots__ = ("_from_strangers", "_from_trusted", "_own")

    def __init__(self, settings: Identity) -> None:
        accounts = {
            source.header.lower().encode()
            for source in settings.accounts
            if isinstance(source, FromHeader) and not source.untrusted
        }
        self._own = _END_TO_END_NAMES | accounts
        self._from_strangers = _Kept(ONE_HOP | PROXIES_ONLY | OVERRIDES | accounts, _PREFIXES_PROXIES + _PREFIXES_NOBODY)
        # Trusted proxies keep one of the two chains, as configured; the other may have come through them from a stranger.
        unkept = b"forwarded" if settings.forwarded == "x-forwarded-for" else b"x-forwarded-for"
        self._from_trusted = _Kept(ONE_HOP | OVERRIDES | {unkept}, _PREFIXES_NOBODY)

    def forwardable(self, headers: Headers, trusted: bool) -> Headers:
        """A new list of the fields that may go on, in order. `trusted`: the peer is a trusted proxy."""
        kept = self._from_trusted if trusted else self._from_strangers
        connection = headers.get(b"connection")
        if connection is None or connection in _PLAIN_CONNECTION:
            return Headers([field for field in headers.fields if kept[field[0]]])
        named = self._named(connection)
        return Headers([field for field in headers.fields if kept[field[0]] and field[0] not in named])

    def _named(self, connection: bytes) -> set[bytes]:
        """The names that a Connection field lists, less those that are end-to-end whatever it says."""
        names = {name.strip(b" \t") for name in connection.lower().split(b",")}
        return {name for name in names if name not in self._own and not name.startswith(_END_TO_END)}
