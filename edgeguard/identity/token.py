"""Accounts by API token. Tokens are looked up by keyed hash and never kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from edgeguard.identity.credential import MEMO, Keyed, credential_of
from edgeguard.message import Account

if TYPE_CHECKING:
    from pathlib import Path

    from edgeguard.config.model import FromToken
    from edgeguard.message import Request

_LARGEST_FILE = 16 * 1024 * 1024  # octets: about 200,000 tokens


class TokenSource:
    """Reads one field for a token.

    Raises:
        OSError: the file of known tokens can't be read.
        ValueError: it is no mapping of hashes to account names.
    """

    __slots__ = ("_digest", "_field", "_hash_unknown", "_known", "_scheme", "_unknown")

    def __init__(self, settings: FromToken, key: bytes) -> None:
        self._field = settings.token.lower().encode()
        self._scheme = f"{settings.scheme.lower()} ".encode() if settings.scheme else b""
        self._digest = Keyed(key, "token").digest
        self._hash_unknown = settings.unknown == "hash"
        self._known = {} if settings.known is None else read_known(settings.known)
        self._unknown: dict[bytes, Account] = {}

    def account(self, request: Request, trusted: bool) -> Account | None:  # noqa: ARG002 - a Source's signature
        """A known token's account; for an unknown one an account of its own, or None, as configured."""
        token = credential_of(request.headers, self._field, self._scheme)
        if token is None:
            return None
        digest = self._digest(token)
        return self._known.get(digest) or (self._stranger(digest) if self._hash_unknown else None)

    def _stranger(self, digest: bytes) -> Account:
        account = self._unknown.get(digest)
        if account is None:
            if len(self._unknown) >= MEMO:
                self._unknown.clear()
            account = self._unknown[digest] = Account(digest.hex(), "token", verified=False)
        return account


def read_known(path: Path) -> dict[bytes, Account]:
    """The file of known tokens: YAML, `hash: account` a line.

    Raises:
        OSError: it can't be read.
        ValueError: it is too large, no YAML, or holds what is neither a hash nor an account's name.
    """
    if path.stat().st_size > _LARGEST_FILE:
        raise ValueError(f"{path} is larger than {_LARGEST_FILE} bytes")
    try:
        content = yaml.load(path.read_bytes(), Loader=yaml.CBaseLoader)  # noqa: S506 - it makes text, lists and dicts only
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = "" if mark is None else f":{mark.line + 1}"
        raise ValueError(f"{path}{line}: this is no YAML; a line is `hash: account`") from error
    if content in (None, ""):
        return {}
    if not isinstance(content, dict):
        raise ValueError(f"{path}: the file must hold lines like `hash: account`")  # noqa: TRY004 - a file's content, no argument
    return {_digest_of(name, path): Account(_name_of(value, path), "token", verified=True) for name, value in content.items()}


def _digest_of(text: object, path: Path) -> bytes:
    try:
        digest = bytes.fromhex(str(text))
    except ValueError:
        digest = b""
    if len(digest) != 16:
        raise ValueError(f"{path}: a key is no token hash of 32 hex digits; `edgeguard token` makes one")
    return digest


def is_name(value: str) -> bool:
    """Whether an account in the file of known tokens may be called so."""
    return 0 < len(value) <= 128 and value.isascii() and value.isprintable() and " " not in value


def _name_of(value: object, path: Path) -> str:
    if not isinstance(value, str) or not is_name(value):
        raise ValueError(f"{path}: an account's name is 1 to 128 visible ASCII characters")
    return value
