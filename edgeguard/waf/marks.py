"""Whether all that a pattern takes has a mark in it, a byte that names, numbers and words do not have: then most values need no
look at it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.expression import PLAIN
from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.nodes import Atomic, Chain, Choice, Group, Octet, Repeat
from edgeguard.waf.pcre.octets import of
from edgeguard.waf.pcre.reader import read

if TYPE_CHECKING:
    from edgeguard.waf.pcre.nodes import Node

_PLAIN = of(PLAIN)


def needs_mark(pattern: str) -> bool:
    """True where that is certain. RE2's patterns are read as PCRE's: what both have means the same bytes, or more of them marks.

    What PCRE can't read is said to need none.
    """
    try:
        node, _ = read(pattern)
    except Refused:
        return False
    return _marked(node)


def _marked(node: Node) -> bool:
    if isinstance(node, Octet):
        return not node.mask & _PLAIN
    if isinstance(node, Chain):
        return any(map(_marked, node.parts))
    if isinstance(node, Choice):
        return bool(node.branches) and all(map(_marked, node.branches))
    if isinstance(node, Repeat):
        return node.least > 0 and _marked(node.node)
    if isinstance(node, Group | Atomic):
        return _marked(node.node)
    return False  # places, and what is only looked at
