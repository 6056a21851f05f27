"""Accounts by the value of a cookie, such as a session's. The value is hashed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.identity.credential import LONGEST_CREDENTIAL, Keyed
from edgeguard.message import Account

if TYPE_CHECKING:
    from edgeguard.config.model import FromCookie
    from edgeguard.message import Request


class CookieSource:
    """Reads one cookie. The account is as many hex digits as a hash has, and never verified."""

    __slots__ = ("_digest", "_needle")

    def __init__(self, settings: FromCookie, key: bytes) -> None:
        self._needle = f"{settings.cookie}=".encode()
        self._digest = Keyed(key, "cookie").digest

    def account(self, request: Request, trusted: bool) -> Account | None:  # noqa: ARG002 - a Source's signature
        """The account of the first cookie of the name; None where there is none, or it is empty or too long."""
        cookies = request.headers.get(b"cookie")
        if cookies is None:
            return None
        value = cookie_value(cookies, self._needle)
        if not value or len(value) > LONGEST_CREDENTIAL:
            return None
        return Account(self._digest(value).hex(), "cookie", verified=False)


def cookie_value(cookies: bytes, needle: bytes) -> bytes:
    """What follows `needle` (a name and `=`) in a Cookie field (RFC 6265, section 4.2.1); b"" where it does not occur.

    The name counts only at the start of a pair, not inside another one's value. The blanks before two candidates never
    overlap, so that the walk back is linear in all.
    """
    at = cookies.find(needle)
    while at >= 0:
        before = at
        while before and cookies[before - 1] in b" \t":
            before -= 1
        if before == 0 or cookies[before - 1] == 0x3B:
            end = cookies.find(b";", at)
            return (cookies[at + len(needle) :] if end < 0 else cookies[at + len(needle) : end]).strip(b' \t"')
        at = cookies.find(needle, at + 1)
    return b""
