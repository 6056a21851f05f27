r"""`php_args_names`: a parameter's name as PHP makes a variable of it.

Argument: none.
Result: spaces before it are gone, other spaces, dots and a bracket that is never closed are `_`; what follows the
last index is dropped, and a name that begins with an index is none.
Example: b" sc ript.x[a][ ]z" -> b"sc_ript_x[a][]"
"""

from __future__ import annotations

STIRS = b" .["

_UNDERSCORED = bytes.maketrans(b" .", b"__")
_BLANK = b" \t\n\v\f\r"


def php_args_names(value: bytes) -> bytes:
    """Linear: the name up to the first bracket by a table, then one search for each index."""
    bare = value.lstrip(b" ")
    top, bracket, rest = bare.partition(b"[")
    name = top.translate(_UNDERSCORED)
    if not bracket:
        return value if name == value else name
    if not top:
        return b""
    if b"]" not in rest:
        return name + b"_" + rest
    parts = [name]
    at = len(top)
    while bare.startswith(b"[", at):
        end = bare.find(b"]", at + 1)
        if end < 0:
            break
        index = bare[at + 1 : end]
        parts.append(b"[]" if len(index) == 1 and index in _BLANK else b"[" + index + b"]")
        at = end + 1
    made = b"".join(parts)
    return value if made == value else made
