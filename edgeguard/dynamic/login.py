"""What a login tries: the name and the password in its form or JSON. Both are hashed at once; nothing keeps them as they are.

What is too long, or has too many fields, or says a name twice, is no login that an honest client sends. All of those together
count as tries of one name, which is the address's own, with a new password each time: so nobody guesses on by padding.
"""

from __future__ import annotations

from secrets import token_bytes
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.config.model import LoginFields
    from edgeguard.dynamic.hashing import Hasher

LONGEST = 16 * 1024  # octets of a login's body that is looked at; a name and a password have a hundred
_FIELDS = 64
_DEPTH = 4  # of nested objects in which names are looked for, such as {"user": {"email": …}}
_LONGEST_VALUE = 1024


class _Strange(Exception):
    """More than an honest client sends."""


class LoginReader:
    """Finds them by the names of fields."""

    __slots__ = ("_hasher", "_passwords", "_users")

    def __init__(self, settings: LoginFields, hasher: Hasher) -> None:
        self._users = frozenset(name.lower() for name in settings.users)
        self._passwords = frozenset(name.lower() for name in settings.passwords)
        self._hasher = hasher

    def read(self, body: bytes, form: Sequence[tuple[bytes, bytes]] = (), address: str = "") -> tuple[str, str]:
        """The keyed hashes of name and password; "" for each where the body is no login.

        What a body is, its first octet says: clients send JSON under all kinds of types, and origins take it.

        Args:
            body: decompressed.
            form: its fields, where somebody has found them; so those of multipart forms count.
            address: whose.
        """
        if len(body) > LONGEST:
            return self.strange(address)
        body = body.removeprefix(b"\xef\xbb\xbf").lstrip()
        try:
            if body[:1] == b"{":
                return self._hashed(self._json(body))
            if body[:2] == b"--" and form:
                return self._hashed(
                    self._once([(name.decode("latin-1"), value.decode("utf-8", "replace")) for name, value in form])
                )
            return self._hashed(self._form(body))
        except _Strange:
            return self.strange(address)

    def strange(self, address: str) -> tuple[str, str]:
        """For what is not read, from that address."""
        return self._hasher.name("login", b"\0" + address.encode("utf-8", "replace")), self._hasher.name(
            "password", token_bytes(16)
        )

    def _hashed(self, fields: list[tuple[str, str]]) -> tuple[str, str]:
        user = next((value for name, value in fields if name in self._users), "")
        password = next((value for name, value in fields if name in self._passwords), "")
        if not user or not password:
            return "", ""
        # One name however it is spelt: most systems take it in any case, and with blanks around it.
        name = user[:_LONGEST_VALUE].strip().casefold().encode("utf-8", "surrogatepass")
        word = password[:_LONGEST_VALUE].encode("utf-8", "surrogatepass")
        return self._hasher.name("login", name), self._hasher.name("password", word)

    def _form(self, body: bytes) -> list[tuple[str, str]]:
        try:
            found = parse_qsl(body.decode("latin-1"), max_num_fields=_FIELDS)
        except ValueError:
            raise _Strange from None
        return self._once(found)

    def _once(self, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """Fields by the last part of their name. Of two that have one name, some origins take the first, others the last."""
        made = [(_last(name), value) for name, value in fields]
        ours = [
            whole for (whole, _), (name, _) in zip(fields, made, strict=True) if name in self._users or name in self._passwords
        ]
        if len(fields) > _FIELDS or len(set(ours)) < len(ours):
            raise _Strange
        return made

    def _json(self, body: bytes) -> list[tuple[str, str]]:
        try:
            root = orjson.loads(body)
        except ValueError:
            return []
        found: list[tuple[str, str]] = []
        level = [root]
        for _ in range(_DEPTH):
            inner: list[object] = []
            for item in level:
                if isinstance(item, dict):
                    for name, value in item.items():
                        if isinstance(value, str):
                            found.append((name.lower(), value))
                        elif isinstance(value, dict):
                            inner.append(value)
            if len(inner) > _FIELDS:
                raise _Strange
            level = inner
        return found


def _last(name: str) -> str:
    """`email` of `user[email]`, in lower case."""
    return name.removesuffix("]").rpartition("[")[2].lower()
