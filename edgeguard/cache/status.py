"""The Cache-Status field (RFC 9211): what the cache did with a request, for those who read headers."""

from __future__ import annotations

from typing import Literal

State = Literal["hit", "stale-ok", "stale", "miss", "bypass", "unsatisfied"]

NAME = b"cache-status"
_FORWARDED = {"stale": b"stale", "miss": b"uri-miss", "bypass": b"bypass"}


def hit(ttl: int, tier: str) -> bytes:
    """Answered from `tier`; `ttl` in seconds, below zero for a stale answer."""
    return b"edgeguard; hit; ttl=%d; detail=%b" % (ttl, tier.encode())


def forwarded(state: State, *, reason: str, status: int, stored: bool, collapsed: bool, detail: str) -> bytes:
    """Sent on to the origin.

    Args:
        state: the look-up's.
        reason: the `fwd` token where it is not the state's usual one, or "".
        status: the origin's, or 0 where it is the one of the response.
        stored: whether the answer is being stored.
        collapsed: whether the request waited for another's fetch.
        detail: why it is not stored, or "".
    """
    parts = [b"edgeguard; fwd=" + (reason.encode() or _FORWARDED.get(state, b"miss"))]
    if status:
        parts.append(b"fwd-status=%d" % status)
    if stored:
        parts.append(b"stored")
    if collapsed:
        parts.append(b"collapsed")
    if detail:
        parts.append(b"detail=" + detail.encode())
    return b"; ".join(parts)
