"""The last step before the gate looks for words in disguise: what shells ignore inside of a word is taken out of the value.

It is no transformation that a rule can name: what is exact looks at the value as it is. Why the gate misses nothing in a bare
value is told in `pcre.disguise`, of which these patterns are.
"""

from __future__ import annotations

from edgeguard.waf.expression import IGNORED
from edgeguard.waf.transformations.registry import Transformation


def bare(value: bytes) -> bytes:
    """`value` without the bytes of `IGNORED`."""
    # Several times as fast as `translate` where there are few of them, and about as fast where there are many.
    return value.replace(b'"', b"").replace(b"'", b"").replace(b"\\", b"").replace(b"^", b"")


BARE = Transformation("bare", bare, frozenset(IGNORED))
