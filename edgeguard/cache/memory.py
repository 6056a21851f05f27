"""The memory tier: stored responses of one worker by URL and variant, bounded in bytes. Nothing here knows of freshness."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.cache.fifo import S3Fifo, Slot
from edgeguard.cache.vary import merge, variant

if TYPE_CHECKING:
    from edgeguard.cache.stats import Stats
    from edgeguard.cache.stored import Stored
    from edgeguard.message import Headers


class Page:
    """A URL's variants, told apart by the request fields `names`."""

    __slots__ = ("names", "variants")

    def __init__(self, names: tuple[bytes, ...]) -> None:
        self.names = names
        self.variants: dict[bytes, Entry] = {}


class Entry(Slot):
    """One variant's place: its stored response is exchanged when it is refreshed.

    Attributes:
        checked: when Redis last told that it is current; seconds of the wall clock.
        excused_until: until then the origin need not be waited for, since it failed a moment ago; seconds likewise.
    """

    __slots__ = ("checked", "excused_until", "key", "page", "stored", "variant")

    def __init__(self, key: bytes, variant_key: bytes, page: Page, stored: Stored, size: int) -> None:
        super().__init__(hash((key, variant_key)), size)
        self.key = key
        self.variant = variant_key
        self.page = page
        self.stored = stored
        self.checked = 0.0
        self.excused_until = 0.0


class MemoryTier:
    """Stored responses by URL.

    Args:
        capacity: bytes for bodies, fields and what Python needs around them.
        variants: answers per URL; the least used goes when there is one more.
        stats: where stores and evictions are counted.
    """

    __slots__ = ("_fifo", "_pages", "_stats", "_variants")

    def __init__(self, capacity: int, variants: int, stats: Stats) -> None:
        self._pages: dict[bytes, Page] = {}
        self._fifo = S3Fifo(capacity, self._left)
        self._variants = variants
        self._stats = stats

    @property
    def used(self) -> int:
        """Bytes counted now; never more than the capacity."""
        return self._fifo.used

    def __len__(self) -> int:
        return len(self._fifo)

    def find(self, key: bytes, headers: Headers) -> Entry | None:
        """The variant of `key` that a request with `headers` gets."""
        page = self._pages.get(key)
        if page is None:
            return None
        names = page.names
        return page.variants.get(variant(names, headers) if names else b"")

    def names(self, key: bytes) -> tuple[bytes, ...] | None:
        """The fields that tell the variants of `key` apart; None where nothing of it is stored."""
        page = self._pages.get(key)
        return None if page is None else page.names

    def put(self, key: bytes, headers: Headers, stored: Stored, now: float) -> bool:
        """Store a response to a request with `headers`; False where it is too large."""
        page = self._page(key, stored.vary)
        variant_key = variant(page.names, headers)
        size = stored.size + len(key) + len(variant_key)
        entry = page.variants.get(variant_key)
        if entry is None:
            entry = self._enter(Entry(key, variant_key, page, stored, size))
            if entry is None:
                return False
        elif size > self._fifo.most:
            self.discard(entry)
            return False
        else:
            entry.stored = stored
            self._fifo.resize(entry, size)
        entry.checked = now
        entry.excused_until = 0.0
        self._stats.stores += 1
        return True

    def _page(self, key: bytes, vary: tuple[bytes, ...]) -> Page:
        page = self._pages.get(key)
        if page is None:
            return Page(vary)
        names = merge(page.names, vary)
        if names != page.names:  # what is stored under other names can't be told apart by these
            self.drop(key)
            return Page(names)
        return page

    def _enter(self, entry: Entry) -> Entry | None:
        page = entry.page
        if len(page.variants) >= self._variants:
            # The least used, and of these the oldest: made-up values of a Vary field push out each other, not what is asked for.
            self.discard(min(page.variants.values(), key=_uses))
            self._stats.evictions += 1
        if not self._fifo.admit(entry):
            return None
        # Making room may have emptied the page and taken it from the index.
        self._pages[entry.key] = page
        page.variants[entry.variant] = entry
        return entry

    def drop(self, key: bytes) -> None:
        """Forget all variants of a URL."""
        page = self._pages.pop(key, None)
        if page is not None:
            for entry in page.variants.values():
                self._fifo.remove(entry)
            page.variants.clear()

    def discard(self, entry: Entry) -> None:
        """Forget one variant; nothing happens where it has left already."""
        if entry.page.variants.get(entry.variant) is entry:
            self._fifo.remove(entry)
            self._unlink(entry)

    def _left(self, slot: Slot) -> None:
        assert isinstance(slot, Entry)  # noqa: S101 - only entries are ever admitted
        self._stats.evictions += 1
        self._unlink(slot)

    def _unlink(self, entry: Entry) -> None:
        page = entry.page
        del page.variants[entry.variant]
        if not page.variants and self._pages.get(entry.key) is page:
            del self._pages[entry.key]

    def __repr__(self) -> str:
        return f"MemoryTier({len(self)} entries of {len(self._pages)} URLs, {self._fifo!r})"


def _uses(entry: Entry) -> int:
    return entry.uses
