"""An origin's URL, taken apart once. What is no plain `http(s)://host[:port]` is refused at construction."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Address:
    """Where an origin listens.

    Attributes:
        host: a name or an IP address, without brackets.
        authority: what a Host field calls it; the scheme's own port is left out.
    """

    secure: bool
    host: str
    port: int
    authority: bytes

    def __str__(self) -> str:
        return f"{'https' if self.secure else 'http'}://{self.authority.decode()}"


def parse(url: str) -> Address:
    """Take an origin's URL apart.

    Raises:
        ValueError: it has another scheme, a path, a query, user information, or no host.
    """
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https"):
        raise ValueError(f"origin '{url}' must begin with http:// or https://")
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "an origin's URL must not hold user information; the origin would see the client's credentials, not these"
        )
    if not parts.hostname or not parts.hostname.isascii():
        raise ValueError(f"origin '{url}' names no host in ASCII")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise ValueError(f"origin '{url}' must end after its host and port: requests keep the path that clients ask for")
    secure = parts.scheme == "https"
    usual = 443 if secure else 80
    port = usual if parts.port is None else parts.port
    if port == 0:
        raise ValueError(f"origin '{url}': nothing listens on port 0")
    shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Address(secure, parts.hostname, port, (shown if port == usual else f"{shown}:{port}").encode())
