"""Credentials as keyed hashes, and account names that are safe to log and to count by.

A credential is hashed as soon as it is read; nothing here or above keeps it.
"""

from __future__ import annotations

import secrets
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edgeguard.config.model import Identity
    from edgeguard.message import Account, Headers, Request

# Octets of one credential. Signed tokens with many claims reach 4 KiB, and servers refuse fields of 8 KiB.
LONGEST_CREDENTIAL = 8 * 1024
# Characters of an account's name: a mail address or two UUIDs fit; it is a key in limits, logs and metrics.
LONGEST_NAME = 128
# Entries of each memo. At some 300 bytes each, three memos stay below 4 MiB a worker.
MEMO = 4096
# Octets of a key; as `identity.key` asks for.
SHORTEST_KEY = 12

_VISIBLE = bytes(range(0x21, 0x7F))
# What some origin takes for the end of a credential: JavaScript's and Python's white space, and the comma of a list.
_ENDS = b"\t,\x85\xa0"
_TO_SPACE = bytes.maketrans(_ENDS, b" " * len(_ENDS))


class Source(Protocol):
    """One place that may name the account of a request."""

    def account(self, request: Request, trusted: bool) -> Account | None:
        """The account, or None where this place says nothing. Never raises. `trusted`: the peer is a trusted proxy."""
        ...


class Keyed:
    """A keyed hash of one kind of credential: BLAKE2b, 128 bits, personalised by the kind.

    The kind keeps a cookie's hash from ever being that of a token.
    """

    __slots__ = ("_start",)

    def __init__(self, key: bytes, kind: str) -> None:
        self._start = blake2b(key=blake2b(key).digest(), digest_size=16, person=kind.encode())

    def digest(self, credential: bytes) -> bytes:
        """16 octets."""
        state = self._start.copy()
        state.update(credential)
        return state.digest()


def hash_token(key: bytes, token: str) -> str:
    """What stands for an API token in the file of known tokens: 32 hex digits."""
    return Keyed(key, "token").digest(token.encode()).hex()


def read_key(settings: Identity) -> bytes:
    """The key of the hashes: configured, from its file, or random, and then good for this start only.

    Called once, before workers part, so that all of them agree.

    Raises:
        OSError: the key's file can't be read.
        ValueError: it holds too little to be a key.
    """
    if settings.key is not None:
        return settings.key.get_secret_value().encode()
    if settings.key_file is not None:
        key = settings.key_file.read_bytes().strip()
        if len(key) < SHORTEST_KEY:
            raise ValueError(f"{settings.key_file} holds {len(key)} bytes; a key has {SHORTEST_KEY} or more, at random")
        return key
    return secrets.token_bytes(32)


def safe_name(raw: bytes, keyed: Keyed) -> str:
    """`raw` as an account's name where it is short and of visible ASCII; else its keyed hash."""
    if 0 < len(raw) <= LONGEST_NAME and not raw.translate(None, _VISIBLE):
        return raw.decode("ascii")
    return keyed.digest(raw).hex()


def credential_of(headers: Headers, field: bytes, scheme: bytes) -> bytes | None:
    """The credential in a request's `field` behind `scheme`, see `after_scheme`; None where there is none."""
    value = headers.get(field)
    return None if value is None else after_scheme(value, scheme)


def after_scheme(value: bytes, scheme: bytes) -> bytes | None:
    """The credential behind `scheme` and a space (RFC 9110, section 11.4), or None.

    `scheme` is lower-case with its space, or empty. What follows the credential's first word does not count: many origins
    leave it aside, and a word of noise must not make a request nobody's.
    """
    value = value.translate(_TO_SPACE)
    if scheme:
        size = len(scheme)
        if value[:size].lower() != scheme:
            return None
        value = value[size:]
    words = value.split(None, 1)
    return words[0] if words and len(words[0]) <= LONGEST_CREDENTIAL else None
