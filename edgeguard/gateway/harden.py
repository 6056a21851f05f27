"""The fields of every response: those of one hop and those that tell too much go, those that protect the browser come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.wire.grammar import VALUE, is_token

if TYPE_CHECKING:
    from edgeguard.config.model import Harden
    from edgeguard.message import Field, Headers

# RFC 9110, section 7.6.1. Content-Length is the connection's matter; it is kept where there is no content (HEAD, 304).
_ONE_HOP = (b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"te", b"trailer", b"upgrade")
_PLAIN_CONNECTION = frozenset((None, b"keep-alive", b"close", b"Keep-Alive", b"Close"))


class Hardener:
    """Sorts a response's fields.

    Raises:
        ValueError: a configured name or value can't stand in a header.
    """

    __slots__ = ("_drop", "_http", "_https", "_keep")

    def __init__(self, settings: Harden) -> None:
        always = {
            "x-content-type-options": settings.content_type_options,
            "x-frame-options": settings.frame_options,
            "referrer-policy": settings.referrer_policy,
            "server": settings.server,
            **{name.lower(): value for name, value in settings.add.items()},
        }
        fields = [_field(name, value) for name, value in always.items() if value]
        keep = {name.lower().encode() for name in settings.keep}
        hsts = [_field("strict-transport-security", settings.hsts)] if settings.hsts else []
        self._keep = [field for field in fields + hsts if field[0] in keep]
        self._http = [field for field in fields if field[0] not in keep]
        self._https = [field for field in fields + hsts if field[0] not in keep]
        remove = {name.lower().encode() for name in settings.remove}
        own = (b"content-length", b"server", b"x-request-id")  # many origins send the id back that they were given
        self._drop = frozenset({*_ONE_HOP, *own, *remove, *(field[0] for field in self._https)})

    def apply(self, headers: Headers, *, https: bool, bodiless: bool) -> list[Field]:
        """The fields to send, without those that frame the content.

        Args:
            headers: as the origin, the cache or the edge made them; not changed.
            https: whether the client came over TLS; only then is HSTS sent.
            bodiless: whether no content will follow, so that Content-Length tells of the content that there would be.
        """
        drop = self._drop
        named = headers.get(b"connection")
        fields = [field for field in headers.fields if field[0] not in drop]
        if named not in _PLAIN_CONNECTION and named is not None:
            listed = {name.strip() for name in named.lower().split(b",")}
            fields = [field for field in fields if field[0] not in listed]
        if bodiless and (length := headers.get(b"content-length")) is not None:
            fields.append((b"content-length", length))
        fields += self._https if https else self._http
        for field in self._keep:
            if field[0] not in headers and (https or field[0] != b"strict-transport-security"):
                fields.append(field)
        return fields


def _field(name: str, value: str) -> Field:
    raw, text = name.lower().encode(), value.encode("latin-1", "replace")
    if not is_token(raw) or text.translate(None, VALUE):
        raise ValueError(f"'{name}: {value}' can't stand in a header (harden)")
    return raw, text
