"""Accounts by a field that a trusted proxy sets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.identity.credential import Keyed, safe_name
from edgeguard.message import Account

if TYPE_CHECKING:
    from edgeguard.config.model import FromHeader
    from edgeguard.message import Request


class HeaderSource:
    """Reads one field, and not at all from a peer that is no trusted proxy unless it is set to."""

    __slots__ = ("_field", "_keyed", "_untrusted")

    def __init__(self, settings: FromHeader, key: bytes) -> None:
        self._field = settings.header.lower().encode()
        self._untrusted = settings.untrusted
        self._keyed = Keyed(key, "header")

    def account(self, request: Request, trusted: bool) -> Account | None:
        """The account that the field names, never verified: the edge has another's word for it."""
        if not (trusted or self._untrusted):
            return None
        value = request.headers.get(self._field)
        return Account(safe_name(value, self._keyed), "header", verified=False) if value else None
