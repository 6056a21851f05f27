"""`application/x-www-form-urlencoded`: names and values, decoded once (WHATWG URL standard, section 5.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.bodies.content import TooMany
from edgeguard.waf.targets.query import split_pairs

if TYPE_CHECKING:
    from edgeguard.waf.bodies.content import Content


def parse(text: bytes, content: Content, values: int) -> None:
    """Fill `content.form`; every text is a form, so nothing is unparsable.

    Raises:
        TooMany: more than `values` fields; those before are filled in.
    """
    pieces = text.split(b"&", values)
    content.form = split_pairs(b"&".join(pieces[:values]))
    if len(pieces) > values:
        raise TooMany(f"more than {values} fields")
