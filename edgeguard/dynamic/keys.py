"""What an event can be counted by, and whom a rule can act on: each name that rules use, in one table.

Secrets come out as keyed hashes, long values too, so that no client decides how much memory a key takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.dynamic.model import LONGEST_VALUE, Event, Subject
from edgeguard.dynamic.places import network, place

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from edgeguard.dynamic.hashing import Hasher

LONGEST_KEY = 96  # characters of several parts together; workers tell each other keys of that length

KEYS = {
    "address": "the client's address; of IPv6 the subscriber's network, a /64",
    "net": "the network around it: a /24, or a /48 of IPv6",
    "account": "the account, whether it was proven or not",
    "client": "the account where the edge has proven it, else the address",
    "token": "the credential in Authorization, as a hash",
    "session": "the session cookie (`dynamic.session_cookies`), as a hash",
    "login": "the name that a login tries (`dynamic.login`), as a hash",
    "password": "the password that a login tries, as a hash",
    "method": "the method",
    "host": "the host",
    "path": "the path, without the query",
    "route": "the route's name",
    "agent": "the field User-Agent",
    "header:NAME": "a field of the request, as a hash",
}
# What some origin takes for the end of a credential, as for `identity`: what follows must not make it another one.
_TO_SPACE = bytes.maketrans(b"\t,\x85\xa0", b"    ")
# Whom a rule acts on where it does not say: the first of these in its key.
ACTORS = ("client", "account", "login", "token", "session", "address", "net")


@dataclass(frozen=True, slots=True)
class Naming:
    """What the names need to know.

    Attributes:
        bits6: of an IPv6 address, which tell subscribers apart.
        sessions: names of session cookies.
    """

    hasher: Hasher
    bits6: int = 64
    sessions: tuple[bytes, ...] = (b"session",)

    def part(self, name: str) -> Callable[[Event], str | None]:
        """How the part of that name is found in an event; None where it has none.

        Raises:
            KeyError: there is no such part.
        """
        if name.startswith("header:"):
            return self._header(name[7:].lower().encode())
        if name in ("method", "host", "route"):
            return lambda event: self.hasher.bounded(getattr(event, name), LONGEST_VALUE) or None
        parts: dict[str, Callable[[Event], str | None]] = {
            "address": lambda event: place(event.address, self.bits6).value,
            "net": lambda event: network(event.address, 24, 48),
            "account": lambda event: self.hasher.bounded(event.account, LONGEST_VALUE) or None,
            "client": self._client,
            "token": self._token,
            "session": self._session,
            "login": lambda event: event.login or None,
            "password": lambda event: event.password or None,
            "path": lambda event: self.hasher.bounded(event.path, LONGEST_VALUE),
            "agent": self._header(b"user-agent"),
        }
        return parts[name]

    def together(self, names: Sequence[str]) -> Callable[[Event], str | None]:
        """Several parts as one text; None where one of them is missing."""
        parts = [self.part(name) for name in names]
        if len(parts) == 1:
            return parts[0]

        def key(event: Event) -> str | None:
            found = [part(event) for part in parts]
            return None if None in found else self.hasher.bounded("\x1f".join(found), LONGEST_KEY)  # type: ignore[arg-type]

        return key

    def subject(self, name: str) -> Callable[[Event], Subject | None]:
        """Whom a rule acts on.

        Raises:
            KeyError: nobody is called so.
        """
        if name == "address":
            return lambda event: place(event.address, self.bits6)
        if name == "net":
            return lambda event: Subject("network", network(event.address, 24, 48))
        if name == "client":
            return self._client_subject
        kinds = {"account": "account", "token": "token", "session": "session", "login": "login"}
        kind, part = kinds[name], self.part(name)

        def subject(event: Event) -> Subject | None:
            value = part(event)
            return None if value is None else Subject(kind, value)  # type: ignore[arg-type]  # one of the above

        return subject

    def token_of(self, value: bytes) -> str:
        """The credential in a field Authorization, as a hash; the same however it is spelt, and whatever stands behind."""
        scheme, *rest = value[:8192].translate(_TO_SPACE).split(None, 2) or (b"",)
        return self.hasher.name("token", scheme.lower() + b" " + rest[0] if rest else scheme)

    def session_of(self, cookies: bytes) -> str | None:
        """The session cookie among `cookies`, as a hash."""
        for cookie in cookies[:16384].split(b";"):
            name, _, value = cookie.strip().partition(b"=")
            if name in self.sessions and value:
                return self.hasher.name("session", value)
        return None

    def _client_subject(self, event: Event) -> Subject:
        if not event.verified:
            return place(event.address, self.bits6)
        if event.account:
            return Subject("account", self.hasher.bounded(event.account, LONGEST_VALUE))
        # The origin knows the credential, and the edge does not know whose it is.
        if token := self._token(event):
            return Subject("token", token)
        session = self._session(event)
        return Subject("session", session) if session else place(event.address, self.bits6)

    def _client(self, event: Event) -> str | None:
        return str(self._client_subject(event))

    def _token(self, event: Event) -> str | None:
        value = event.headers.get(b"authorization") if event.headers is not None else None
        return self.token_of(value) if value else None

    def _session(self, event: Event) -> str | None:
        cookies = event.headers.get(b"cookie") if event.headers is not None else None
        return self.session_of(cookies) if cookies else None

    def _header(self, name: bytes) -> Callable[[Event], str | None]:
        def part(event: Event) -> str | None:
            value = event.headers.get(name) if event.headers is not None else None
            return self.hasher.name("header", value) if value else None

        return part
