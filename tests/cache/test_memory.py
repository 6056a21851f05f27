from __future__ import annotations

import tracemalloc

from edgeguard.cache.memory import MemoryTier
from edgeguard.cache.stats import Stats
from edgeguard.cache.stored import Stored, Times
from edgeguard.message import Headers

TIMES = Times(0.0, 60.0, 0.0, 0.0)
NOTHING = Headers()


def stored(body: bytes = b"body", vary: tuple[bytes, ...] = ()) -> Stored:
    return Stored(200, ((b"etag", b'"a"'),), body, TIMES, shared=True, vary=vary)


def tier(capacity: int = 1_000_000, variants: int = 4) -> MemoryTier:
    return MemoryTier(capacity, variants, Stats())


def language(value: bytes) -> Headers:
    return Headers([(b"accept-language", value)])


def test_what_is_put_is_found_and_what_is_dropped_is_not() -> None:
    memory, one = tier(), stored()
    assert memory.put(b"a", NOTHING, one, 5.0)
    entry = memory.find(b"a", NOTHING)
    assert entry is not None
    assert (entry.stored, entry.checked) == (one, 5.0)
    assert memory.find(b"b", NOTHING) is None
    memory.drop(b"a")
    memory.drop(b"never there")
    assert memory.find(b"a", NOTHING) is None
    assert (memory.used, len(memory)) == (0, 0)


def test_variants_are_told_apart_and_dropped_together() -> None:
    memory = tier()
    for value in (b"en", b"de"):
        memory.put(b"a", language(value), stored(value, (b"accept-language",)), 0.0)
    for value in (b"en", b"de"):
        entry = memory.find(b"a", language(value))
        assert entry is not None
        assert entry.stored.body == value
    assert memory.find(b"a", language(b"fr")) is None
    assert memory.names(b"a") == (b"accept-language",)
    memory.drop(b"a")
    assert len(memory) == 0
    assert memory.names(b"a") is None


def test_variants_of_a_url_are_bounded() -> None:
    memory = tier(variants=4)
    for number in range(50):
        memory.put(b"a", language(b"x%d" % number), stored(vary=(b"accept-language",)), 0.0)
    assert len(memory) == 4
    assert memory.find(b"a", language(b"x49")) is not None
    assert memory.find(b"a", language(b"x45")) is None


def test_made_up_variants_do_not_push_out_the_one_in_use() -> None:
    memory = tier(variants=4)
    memory.put(b"a", language(b"en"), stored(vary=(b"accept-language",)), 0.0)
    entry = memory.find(b"a", language(b"en"))
    assert entry is not None
    entry.touch()
    for number in range(50):
        memory.put(b"a", language(b"x%d" % number), stored(vary=(b"accept-language",)), 0.0)
    assert memory.find(b"a", language(b"en")) is entry
    assert len(memory) == 4


def test_names_grow_together_and_old_variants_leave() -> None:
    memory = tier()
    memory.put(b"a", NOTHING, stored(), 0.0)
    memory.put(b"a", language(b"en"), stored(vary=(b"accept-language",)), 0.0)
    assert memory.find(b"a", NOTHING) is None
    assert len(memory) == 1
    memory.put(b"a", language(b"en"), stored(vary=(b"origin",)), 0.0)
    assert memory.names(b"a") == (b"accept-language", b"origin")
    memory.put(b"a", language(b"de"), stored(), 0.0)  # its response names nothing, but others of the URL did
    assert memory.find(b"a", language(b"de")) is not None
    assert memory.find(b"a", language(b"en")) is not None
    assert memory.find(b"a", NOTHING) is None


def test_replacing_counts_the_new_size() -> None:
    memory = tier()
    memory.put(b"a", NOTHING, stored(b"x" * 1000), 0.0)
    before = memory.used
    memory.put(b"a", NOTHING, stored(b""), 0.0)
    assert memory.used == before - 1000
    assert len(memory) == 1


def test_too_large_is_refused_and_takes_the_outdated_one_along() -> None:
    memory = tier(10_000)
    assert memory.put(b"a", NOTHING, stored(), 0.0)
    assert not memory.put(b"b", NOTHING, stored(b"x" * 20_000), 0.0)
    assert memory.find(b"a", NOTHING) is not None
    assert not memory.put(b"a", NOTHING, stored(b"x" * 20_000), 0.0)
    assert (memory.find(b"a", NOTHING), memory.used) == (None, 0)


def test_the_index_forgets_what_had_to_leave() -> None:
    memory = tier(100_000)
    for number in range(1000):
        memory.put(b"%d" % number, NOTHING, stored(b"x" * 1000), 0.0)
        assert memory.used <= 100_000
    assert len(memory) == len(memory._pages) < 100
    assert memory._stats.evictions == 1000 - len(memory)


def test_an_entry_is_discarded_once() -> None:
    memory = tier()
    memory.put(b"a", NOTHING, stored(), 0.0)
    entry = memory.find(b"a", NOTHING)
    assert entry is not None
    memory.discard(entry)
    memory.discard(entry)
    assert memory.used == 0
    memory.put(b"a", NOTHING, stored(), 0.0)
    memory.discard(entry)
    assert memory.find(b"a", NOTHING) is not None


def test_what_is_counted_covers_what_python_takes() -> None:
    memory = tier(100_000_000)
    tracemalloc.start()
    try:
        for number in range(2000):
            fields = tuple((b"x-field-%d" % index, b"value %d %d" % (index, number)) for index in range(8))
            one = Stored(200, fields, b"%d" % number * 50, TIMES, shared=True, vary=(b"origin",))
            memory.put(b"https cms.example /items/%d" % number, Headers([(b"origin", b"https://%d" % number)]), one, 0.0)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken <= memory.used
    assert taken > memory.used * 0.6  # nor is it a wild guess
