"""Challenges: a puzzle that a browser solves by itself, and the pass that it gets for that. Nothing is kept of either.

    puzzle  issued.bits.seed     seed is an HMAC over issued, bits, the client's network and its User-Agent
    answer  a number n such that SHA-256(seed + n) begins with `bits` zero bits
    pass    issued.mac           an HMAC over the puzzle's issued, the network and the User-Agent

Keys are made of a secret for each day, so that what is signed with one is worth nothing after the next. A pass ends at a fixed
time after its *puzzle*: who sends an answer twice gets the same pass again, so there is nothing to win and nothing to remember.
"""

from __future__ import annotations

import hmac
from hashlib import blake2b, sha256
from typing import TYPE_CHECKING

from edgeguard.dynamic.places import network

if TYPE_CHECKING:
    from collections.abc import Sequence

COOKIE = b"edgeguard-pass"
PERIOD = 86_400  # seconds for which one key signs
AHEAD = 60  # seconds that another edge's clock may be ahead
LONGEST_ANSWER = 16  # digits: JavaScript counts exactly up to there
_LONGEST = 80  # octets of a puzzle or a pass
_AGENT = 512  # octets of User-Agent that count


class Challenger:
    """Makes and judges puzzles and passes.

    Args:
        secrets: the first one signs, all are taken.
        bits: zero bits that are asked for.
        solve_seconds: from a puzzle to its answer.
        valid_seconds: from a puzzle to the end of its pass.
        prefix4, prefix6: bits of the network in which both hold.
    """

    __slots__ = ("_bits", "_keys", "_prefix4", "_prefix6", "_secrets", "_solve", "valid")

    def __init__(
        self,
        secrets: Sequence[bytes],
        *,
        bits: int = 16,
        solve_seconds: float = 300,
        valid_seconds: float = 3600,
        prefix4: int = 24,
        prefix6: int = 64,
    ) -> None:
        self._secrets = [blake2b(secret).digest() for secret in secrets]
        self._bits = bits
        self._solve = solve_seconds
        self._prefix4, self._prefix6 = prefix4, prefix6
        self._keys: dict[tuple[int, int], bytes] = {}
        self.valid = valid_seconds

    def puzzle(self, address: str, agent: bytes, now: float) -> str:
        """A puzzle for the client at that address."""
        issued = int(now)
        return f"{issued:x}.{self._bits}.{self._sign(0, f'puzzle {self._bits}', issued, address, agent)}"

    def solved(self, puzzle: str, answer: str, address: str, agent: bytes, now: float) -> str | None:
        """The pass for an answer; None where the puzzle is not ours or not this client's, too old, or not solved."""
        parts = puzzle.split(".")
        if (
            len(puzzle) > _LONGEST
            or len(parts) != 3
            or not answer.isascii()
            or not answer.isdigit()
            or len(answer) > LONGEST_ANSWER
        ):
            return None
        issued, bits = _number(parts[0], 16), _number(parts[1], 10)
        if not (now - self._solve <= issued <= now + AHEAD) or not self._bits <= bits <= 64:
            return None
        seed = parts[2]
        if not self._fits(seed, f"puzzle {bits}", issued, address, agent):
            return None
        digest = sha256(f"{seed}{answer}".encode()).digest()
        if int.from_bytes(digest[:8]) >> 64 - bits:
            return None
        return f"{issued:x}.{self._sign(0, 'pass', issued, address, agent)}"

    def passes(self, given: bytes, address: str, agent: bytes, now: float) -> bool:
        """Whether a pass is this client's and holds."""
        if len(given) > _LONGEST or not given.isascii():
            return False
        start, _, mac = given.decode().partition(".")
        issued = _number(start, 16)
        return now - self.valid < issued <= now + AHEAD and self._fits(mac, "pass", issued, address, agent)

    def _fits(self, mac: str, what: str, issued: int, address: str, agent: bytes) -> bool:
        given = mac.encode("utf-8", "replace")
        found = False
        for place in range(len(self._secrets)):  # all of them, so that time does not tell which one signed
            found |= hmac.compare_digest(self._sign(place, what, issued, address, agent).encode(), given)
        return found

    def _sign(self, place: int, what: str, issued: int, address: str, agent: bytes) -> str:
        around = network(address, self._prefix4, self._prefix6)
        text = f"{what}\n{issued}\n{around}\n".encode() + agent[:_AGENT]
        return hmac.digest(self._key(place, issued // PERIOD), text, "sha256")[:16].hex()

    def _key(self, place: int, period: int) -> bytes:
        key = self._keys.get((place, period))
        if key is None:
            if len(self._keys) >= 64:
                self._keys.clear()
            made = blake2b(str(period).encode(), key=self._secrets[place], person=b"challenge", digest_size=32)
            key = self._keys[place, period] = made.digest()
        return key


def pass_in(cookies: bytes) -> bytes | None:
    """The pass among a request's cookies; the first of several."""
    start = cookies.find(COOKIE + b"=")
    if start < 0 or (start and cookies[start - 1 : start] not in (b" ", b";")):
        return None
    return cookies[start + len(COOKIE) + 1 :].partition(b";")[0].strip()


def without_pass(cookies: bytes) -> bytes:
    """A request's cookies without the pass, which is nobody's matter but the edge's; maybe none are left."""
    kept = [part.strip() for part in cookies.split(b";")]
    return b"; ".join(part for part in kept if part and part.partition(b"=")[0].strip() != COOKIE)


def _number(text: str, base: int) -> int:
    """A whole number of at most 12 digits; -1 for anything else."""
    try:
        return int(text, base) if 0 < len(text) <= 12 and text.isalnum() and text.isascii() else -1
    except ValueError:
        return -1
