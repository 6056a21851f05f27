from __future__ import annotations

from edgeguard.cache import purges as module
from edgeguard.cache.purges import Purges


def test_a_fetch_begun_before_is_outdated_and_one_begun_after_is_not() -> None:
    purges = Purges()
    before = purges.now
    purges.add(b"a")
    assert purges.outdated(b"a", before)
    assert not purges.outdated(b"a", purges.now)
    assert not purges.outdated(b"b", before)


def test_the_memory_is_bounded_and_what_it_forgets_counts_as_outdated() -> None:
    purges = Purges()
    before = purges.now
    for number in range(module._MOST + 10):
        purges.add(b"%d" % number)
    assert len(purges._seen) == module._MOST
    assert purges.outdated(b"0", before)
    assert purges.outdated(b"never invalidated", before)  # it can't be told any more
    assert not purges.outdated(b"0", purges.now)
    assert not purges.outdated(b"never invalidated", purges.now)
