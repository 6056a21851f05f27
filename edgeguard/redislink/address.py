"""Where Redis is and how to get in, read from the configured URL. Nothing here connects."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from edgeguard.config.model import Redis
    from edgeguard.redislink.answer import Command

_WRONG = (
    "redis.url is no Redis URL: write redis://user:password@host:6379/0, rediss:// for TLS or unix:///path, "
    "with special characters of the password percent-encoded, and nothing after it"
)


@dataclass(frozen=True, slots=True)
class Address:
    """A server, and the commands that open it.

    Attributes:
        host: name or address; "" where `path` counts.
        path: of a unix socket; "" where `host` counts.
        tls: None for a plain connection.
        greeting: what to send first; holds the password, and is shown nowhere.
    """

    host: str
    port: int
    path: str
    database: int
    tls: ssl.SSLContext | None = field(repr=False)
    greeting: tuple[Command, ...] = field(repr=False)

    def __str__(self) -> str:
        if self.path:
            return f"unix://{self.path}"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"redis{'s' if self.tls else ''}://{host}:{self.port}/{self.database}"


def read_address(settings: Redis) -> Address:
    """The address that `settings` names.

    Raises:
        ValueError: the URL can't be read; the message does not repeat it.
        OSError: the CA file can't be read.
    """
    try:
        parts = urlsplit(settings.url.get_secret_value())
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        local = parts.scheme == "unix"
        host, port = parts.hostname or "", parts.port or 6379
        host.encode("idna")
        database = 0 if local or parts.path in {"", "/"} else int(parts.path[1:])
    except ValueError:
        raise ValueError(_WRONG) from None
    if parts.scheme not in {"redis", "rediss", "unix"} or parts.query or parts.fragment or database < 0:
        raise ValueError(_WRONG)
    if local != (not host) or (local and not parts.path):
        raise ValueError(_WRONG)
    greeting: list[Command] = []
    if password:
        greeting.append(("AUTH", user, password) if user else ("AUTH", password))
    greeting.append(("SELECT", database))
    return Address(
        host=host,
        port=port,
        path=parts.path if local else "",
        database=database,
        tls=ssl.create_default_context(cafile=settings.ca) if parts.scheme == "rediss" else None,
        greeting=tuple(greeting),
    )
