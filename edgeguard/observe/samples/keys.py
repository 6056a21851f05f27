"""Keys of samples: a file of lines, 32 random octets each in Base64. The first one encrypts, all of them decrypt.

So a key is rotated by putting a new one on top, and samples of an old one go with its line. No key encrypts anything itself:
each file of samples has a key derived from it and from a salt of its own (HKDF, RFC 5869), under which nonces count up from 0,
so that none is ever used twice.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

KEY: Final = 32  # octets: AES-256
SALT: Final = 16
NAME: Final = 8  # octets by which a file says which key it needs
_PURPOSE: Final = b"edgeguard traffic samples 1"
_LARGEST: Final = 64 * 1024  # octets of a key file


class KeyFault(ValueError):
    """A key file does not hold what it should; the text says what, where, and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Keys:
    """All keys of a file, the current one first."""

    secrets: tuple[bytes, ...]

    def __repr__(self) -> str:
        return f"Keys({', '.join(name.hex() for name in self.names)})"

    @property
    def names(self) -> tuple[bytes, ...]:
        """Of each key; a digest, which tells nothing of it."""
        return tuple(map(_name, self.secrets))

    def cipher(self, name: bytes, salt: bytes) -> AESGCM | None:
        """For the file with this salt; None where its key is not here."""
        for secret in self.secrets:
            if _name(secret) == name:
                return AESGCM(HKDF(SHA256(), KEY, salt, _PURPOSE).derive(secret))
        return None


def read_keys(path: Path) -> Keys:
    """The keys of a file.

    Raises:
        KeyFault: it is no key file, or others may read it.
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_mode & 0o007:
            raise KeyFault(f"{path}: everybody may read or write it; `chmod o= {path}` takes that away")
        content = file.read(_LARGEST)
    secrets = []
    for number, line in enumerate(content.splitlines(), start=1):
        text = line.partition(b"#")[0].strip()
        if not text:
            continue
        try:
            secret = b64decode(text, validate=True)
        except ValueError:
            secret = b""
        if len(secret) != KEY:
            raise KeyFault(f"{path}:{number}: a key is 32 octets in Base64; `edgeguard samples key {path}` makes one")
        secrets.append(secret)
    if not secrets:
        raise KeyFault(f"{path}: no key is in it; `edgeguard samples key {path}` makes one")
    return Keys(tuple(secrets))


def add_key(path: Path) -> int:
    """Put a new key on top of a file, which is made where it is not there; how many it has then.

    Raises:
        KeyFault, OSError: as `read_keys`.
    """
    before = path.read_bytes() if path.exists() else b""
    if before:
        read_keys(path)
    line = b64encode(os.urandom(KEY)) + b"\n"
    fresh = path.with_name(f".{path.name}.new")
    mode = path.stat().st_mode & 0o770 if before else 0o600
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
        file.write(line + before)
    fresh.replace(path)
    return len(read_keys(path).secrets)


def known(names: Iterable[bytes]) -> str:
    """Names of keys for people."""
    return ", ".join(name.hex() for name in names)


def _name(secret: bytes) -> bytes:
    return sha256(_PURPOSE + secret).digest()[:NAME]
