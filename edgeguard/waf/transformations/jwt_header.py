r"""`jwt_header`: the header of a JSON Web Token, a line `name: value` for each of its members, names in lower case.

Argument: none.
Result: of a value that is a token, perhaps behind `Bearer `, its header; texts bare, anything else as JSON. Other values stay.
Example: b"eyJhbGciOiJub25lIn0.e30." -> b"\nalg: none\n"
"""

from __future__ import annotations

import json
from binascii import Error, a2b_base64

STIRS = b"."

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_STANDARD = bytes.maketrans(b"-_", b"+/")
_LONGEST = 4096  # bytes of a header; with a chain of certificates it may have 3,000
# A brace with a quote, a blank or a brace behind it; or a blank, and then the brace.
_STARTS = frozenset({b"ey", b"ew", b"eC", b"eA", b"eQ", b"e3", b"Cn", b"CX", b"DX", b"DQ", b"IH", b"IC", b"Cg"})
_PARTS = (2, 3, 5)  # without a signature and its dot, signed, encrypted


def jwt_header(value: bytes) -> bytes:
    """Linear: a look at the first letters refuses nearly everything; then one decoding and one parse, both in C."""
    token = value.lstrip(b" ")
    if token[:7].lower() == b"bearer ":
        token = token[7:].lstrip(b" ")
    if token[:2] not in _STARTS:
        return value
    head, dot, rest = token.partition(b".")
    if not dot or len(head) > _LONGEST or rest.count(b".") + 2 not in _PARTS:
        return value
    bare = head.rstrip(b"=")
    if len(bare) % 4 == 1 or bare.translate(None, _ALPHABET):
        return value
    try:
        members = json.loads(
            a2b_base64(bare.translate(_STANDARD) + b"=" * (-len(bare) % 4)),
            object_pairs_hook=_Members,
            parse_float=str,
            parse_int=str,
            parse_constant=str,
        )
    except (ValueError, Error, RecursionError):
        return value
    return members.lines() if isinstance(members, _Members) else value


class _Members(list[tuple[str, object]]):
    """Members of an object in their order, a name given twice told twice."""

    def lines(self) -> bytes:
        told = "".join(f"{name.strip().lower()}: {_text(value)}\n" for name, value in self)
        return b"\n" + told.encode("utf-8", "surrogatepass")


def _text(value: object) -> str:
    """A text on one line; else JSON, an object as the list of its members."""
    if isinstance(value, str):
        return value.replace("\n", " ")
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
