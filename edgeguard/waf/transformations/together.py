"""Steps that are so often asked for one after the other that one function makes both."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.transformations.seclang.narrow_utf8 import NarrowUtf8, narrow_utf8
from edgeguard.waf.transformations.seclang.url_decode_uni import MappedUrlDecodeUni, url_decode_uni
from edgeguard.waf.transformations.utf8_to_unicode import utf8_to_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def together(first: Callable[[bytes], bytes], second: Callable[[bytes], bytes]) -> Callable[[bytes], bytes] | None:
    """What makes of a value what `second` makes of what `first` makes of it; None where there is nothing quicker than the two."""
    if first is not utf8_to_unicode:
        return None
    if second is url_decode_uni:
        return narrow_utf8
    return _mapped(second) if isinstance(second, MappedUrlDecodeUni) else None


@lru_cache(maxsize=8)  # a rule set has one map, or none
def _mapped(decode: MappedUrlDecodeUni) -> NarrowUtf8:
    return NarrowUtf8(decode, decode.mapping)


def joined(steps: Iterable[Callable[[bytes], bytes]]) -> tuple[Callable[[bytes], bytes], ...]:
    """The same in fewer steps, where that can be."""
    found: list[Callable[[bytes], bytes]] = []
    for step in steps:
        both = together(found[-1], step) if found else None
        if both is None:
            found.append(step)
        else:
            found[-1] = both
    return tuple(found)
