r"""`log4j_lookups`: nested lookups of Log4j undone as far as they stand for text, so that `${jndi:` shows.

Argument: none.
Result: `${lower:X}` and `${upper:X}` as the letters they make, `${anything:-X}` as X, `${date:'X'}` as X, from the innermost
outwards, and `${}` as nothing; other lookups stay as they are.
Example: b"${${lower:J}${::-n}d${env:x:-i}:ldap://a}" -> b"${jndi:ldap://a}"
"""

from __future__ import annotations

STIRS = b"$"

_DOLLAR = ord("$")
_DEPTH = 64  # lookups in each other; what is deeper stays text
_LONGEST = 1024  # bytes of a lookup that is undone; real ones are a few dozen


def log4j_lookups(value: bytes) -> bytes:
    """Linear: one walk over the pieces between `${` and `}`, each lookup that is undone being short."""
    if _DOLLAR not in value or b"${" not in value:
        return value
    stack: list[list[bytes]] = [[]]
    head, *pieces = value.split(b"${")
    _close(stack, head)
    for piece in pieces:
        if len(stack) <= _DEPTH:
            stack.append([])
        else:
            stack[-1].append(b"${")
        _close(stack, piece)
    while len(stack) > 1:
        unclosed = stack.pop()
        stack[-1] += (b"${", *unclosed)
    made = b"".join(stack[0])
    return value if made == value else made


def _close(stack: list[list[bytes]], piece: bytes) -> None:
    """Add a piece to the innermost lookup, and end one at each brace."""
    text, *rest = piece.split(b"}")
    stack[-1].append(text)
    for text in rest:
        if len(stack) > 1:
            inside = b"".join(stack.pop())
            stack[-1].append(_undone(inside))
        else:
            stack[-1].append(b"}")
        stack[-1].append(text)


def _undone(inside: bytes) -> bytes:
    if not inside:
        return b""
    if len(inside) > _LONGEST:
        return b"${" + inside + b"}"
    _, default, text = inside.partition(b":-")
    if default:
        return text
    name, colon, text = inside.partition(b":")
    kind = name.strip().lower()
    if colon and kind in (b"lower", b"upper"):
        characters = text.decode("utf-8", "surrogateescape")
        return (characters.lower() if kind == b"lower" else characters.upper()).encode("utf-8", "surrogateescape")
    if colon and kind == b"date" and text.count(b"'") > 1:
        return text.replace(b"'", b"")
    return b"${" + inside + b"}"
