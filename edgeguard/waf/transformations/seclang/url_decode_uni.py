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
    from collections.abc import Mapping

STIRS = b"%+"

_PERCENT, _PLUS = STIRS


def url_decode_uni(value: bytes) -> bytes:
    """See `percent_decoded`; most values are told apart before."""
    return percent_decoded(value, narrow) if _PERCENT in value or _PLUS in value else value


class MappedUrlDecodeUni:
    """`urlDecodeUni` by a map of code points to bytes, such as `read_unicode_map` reads."""

    __slots__ = ("_spelled", "mapping")

    def __init__(self, mapping: Mapping[int, bytes]) -> None:
        self.mapping = mapping

        def spelled(code: int) -> bytes:
            return mapping.get(code) or narrow(code)

        self._spelled = spelled

    def __call__(self, value: bytes) -> bytes:
        """See `percent_decoded`; most values are told apart before."""
        return percent_decoded(value, self._spelled) if _PERCENT in value or _PLUS in value else value
