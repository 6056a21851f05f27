"""Secrets and names of people as keyed hashes: the tables of dynamic rules hold nothing that could be read or used again."""

from __future__ import annotations

from hashlib import blake2b

MEMO = 4096  # hashes that are remembered: tokens and cookies come again with each request

_Key = tuple[str, bytes]


class Hasher:
    """Keyed hashes, 16 hexadecimal digits each, of one kind of thing apart from the others.

    Args:
        key: the same in all workers, and in all edges that count together.
    """

    __slots__ = ("_memo", "_starts")

    def __init__(self, key: bytes) -> None:
        whole = blake2b(key).digest()
        kinds = ("token", "session", "login", "password", "header", "item", "key")
        self._starts = {kind: blake2b(key=whole, digest_size=8, person=f"dyn-{kind}".encode()) for kind in kinds}
        self._memo: dict[tuple[str, int], str] = {}

    def name(self, kind: str, value: bytes) -> str:
        """The hash of `value`, of one of the kinds above."""
        # Python's own hash is keyed for this process, so that nobody outside can make two values meet here.
        seen = (kind, hash(value))
        found = self._memo.get(seen)
        if found is None:
            state = self._starts[kind].copy()
            state.update(value)
            if len(self._memo) >= MEMO:
                self._memo.clear()
            found = self._memo[seen] = state.hexdigest()
        return found

    def number(self, value: str) -> int:
        """A whole number for what is told apart."""
        return int(self.name("item", value.encode("utf-8", "surrogatepass")), 16)

    def bounded(self, value: str, most: int) -> str:
        """`value`, or its hash where it has more characters."""
        return value if len(value) <= most else self.name("key", value.encode("utf-8", "surrogatepass"))
