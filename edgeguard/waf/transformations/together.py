"""Steps that are so often asked for one after the other that one function makes both."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.transformations.seclang.narrow_utf8 import NarrowUtf8, narrow_utf8
from edgeguard.waf.transformations.seclang.url_decode_uni import MappedUrlDecodeUni, url_decode_uni
from edgeguard.waf.transformations.utf8_to_unicode import utf8_to_unicode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


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


class Steps:
    """A pipeline's functions, joined where they can be.

    Attributes:
        whole: what makes the last form of a value, one after the other.
    """

    __slots__ = ("_each", "whole")

    def __init__(self, steps: Iterable[Callable[[bytes], bytes]]) -> None:
        apart = tuple(steps)
        whole: list[Callable[[bytes], bytes]] = []
        for step in apart:
            both = together(whole[-1], step) if whole else None
            if both is None:
                whole.append(step)
            else:
                whole[-1] = both
        self.whole = tuple(whole)
        self._each = tuple(
            (step, together(before, step) if before else None) for before, step in zip((None, *apart), apart, strict=False)
        )

    def last(self, value: bytes) -> bytes:
        """What all steps make of `value`."""
        for apply in self.whole:
            value = apply(value)
        return value

    def forms(self, value: bytes) -> Iterator[bytes]:
        """`value`, and what each step makes of it where that differs from the form before."""
        yield value
        before = form = value
        for apply, both in self._each:
            made = apply(form) if both is None else both(before)
            if made != form:
                yield made
            before, form = form, made
