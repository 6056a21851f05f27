"""What a login tries: the name and the password in its form or JSON. Both are hashed at once; nothing keeps them as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

import orjson

if TYPE_CHECKING:
    from edgeguard.config.model import LoginFields
    from edgeguard.dynamic.hashing import Hasher

LONGEST = 16 * 1024  # octets of a login's body that is looked at; a name and a password have a hundred
_FIELDS = 64
_DEPTH = 4  # of nested objects in which names are looked for, such as {"user": {"email": …}}
_LONGEST_VALUE = 1024


class LoginReader:
    """Finds them by the names of fields."""

    __slots__ = ("_hasher", "_passwords", "_users")

    def __init__(self, settings: LoginFields, hasher: Hasher) -> None:
        self._users = frozenset(name.lower() for name in settings.users)
        self._passwords = frozenset(name.lower() for name in settings.passwords)
        self._hasher = hasher

    def read(self, body: bytes) -> tuple[str, str]:
        """The keyed hashes of name and password; "" for each where the body is no login.

        What a body is, its first octet says: clients send JSON under all kinds of types, and origins take it.
        """
        if len(body) > LONGEST:
            return "", ""
        fields = self._json(body) if body.lstrip()[:1] == b"{" else self._form(body)
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
            return [(_last(name), value) for name, value in parse_qsl(body.decode("latin-1"), max_num_fields=_FIELDS)]
        except ValueError:
            return []

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
            level = inner[:_FIELDS]
        return found


def _last(name: str) -> str:
    """`email` of `user[email]`, in lower case."""
    return name.removesuffix("]").rpartition("[")[2].lower()
