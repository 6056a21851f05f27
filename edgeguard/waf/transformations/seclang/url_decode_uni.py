"""`urlDecodeUni`: percent-encoding undone once, with the `%uXXXX` of old IIS and JavaScript's `escape`.

Unlike YAML's, a `%uXXXX` becomes one byte, not UTF-8: what `SecUnicodeMapFile` says, else the low byte.

Argument: none.
Result: as `urlDecode`; a full-width form is the ASCII character it stands for.
Example: b"%u003cscript%3e+%uff1c" -> b"<script> <"
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.transformations.seclang.narrow import narrow
from edgeguard.waf.transformations.url_decode_uni import percent_decoded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

STIRS = b"%+"

_PERCENT, _PLUS = STIRS


def url_decode_uni(value: bytes) -> bytes:
    """See `percent_decoded`; most values are told apart before."""
    return percent_decoded(value, narrow) if _PERCENT in value or _PLUS in value else value


def with_unicode_map(mapping: Mapping[int, bytes]) -> Callable[[bytes], bytes]:
    """`url_decode_uni` by a map of code points to bytes, such as `read_unicode_map` reads."""

    def spelled(code: int) -> bytes:
        return mapping.get(code) or narrow(code)

    def mapped_url_decode_uni(value: bytes) -> bytes:
        return percent_decoded(value, spelled)

    return mapped_url_decode_uni
