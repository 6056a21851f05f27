"""Patterns of the parsers' own. RE2 takes UTF-8 for granted, where a dot and a negated class take no byte that is not; a body's
bytes are anything.
"""

from __future__ import annotations

from typing import Any

import re2


def octet_pattern(text: bytes) -> Any:
    """A compiled pattern whose characters are bytes, and whose dot takes line ends.

    Returns:
        RE2's object, which has `search(content)` and `match(content, start)`; both are linear.
    """
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    options.dot_nl = True
    return re2.compile(text, options)
