"""Macros: `%{tx.score}` within an argument. What is constant is known when rules are compiled; the rest is filled in later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_OPEN, _CLOSE = b"%{", b"}"
_NAME = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-"


@dataclass(frozen=True, slots=True)
class Reference:
    """`%{collection.key}`, or `%{collection}` alone with an empty key. The collection in capitals, the key in lower case."""

    collection: str
    key: bytes

    @property
    def is_tx(self) -> bool:
        return self.collection == "TX"


class Template:
    """A text with macros.

    Attributes:
        parts: literals and references, in order.
        constant: the whole text where there is no macro in it, else None.
    """

    __slots__ = ("constant", "parts")

    def __init__(self, parts: Iterable[bytes | Reference]) -> None:
        self.parts = tuple(parts)
        texts = [part for part in self.parts if isinstance(part, bytes)]
        self.constant = b"".join(texts) if len(texts) == len(self.parts) else None

    def __repr__(self) -> str:
        return f"Template({list(self.parts)!r})"

    @property
    def references(self) -> tuple[Reference, ...]:
        return tuple(part for part in self.parts if isinstance(part, Reference))

    def expand(self, look: Callable[[Reference], bytes]) -> bytes:
        """The text with each reference replaced by what `look` says of it."""
        if self.constant is not None:
            return self.constant
        return b"".join([part if isinstance(part, bytes) else look(part) for part in self.parts])

    def settled(self, known: Callable[[Reference], bytes | None]) -> Template:
        """The template with those references replaced that are known beforehand."""
        if self.constant is not None:
            return self
        parts: list[bytes | Reference] = []
        for part in self.parts:
            value = part if isinstance(part, bytes) else known(part)
            parts.append(part if value is None else value)
        return Template(parts)


def parse_template(text: str) -> Template:
    """The template that `text` means. What is not closed, or names no variable, is text: patterns have `%{`, too."""
    raw = text.encode("utf-8", "surrogateescape")
    parts: list[bytes | Reference] = []
    at = 0
    while True:
        start = raw.find(_OPEN, at)
        end = raw.find(_CLOSE, start) if start >= 0 else -1
        if end < 0:
            break
        inner = raw[start + 2 : end].strip()
        if not inner or inner.translate(None, _NAME):
            parts.append(raw[at : start + 2])
            at = start + 2
            continue
        if start > at:
            parts.append(raw[at:start])
        parts.append(_reference(inner))
        at = end + 1
    if at < len(raw) or not parts:
        parts.append(raw[at:])
    return Template(parts)


def _reference(name: bytes) -> Reference:
    dot, colon = name.find(b"."), name.find(b":")
    cut = min((at for at in (dot, colon) if at >= 0), default=-1)
    if cut < 0:
        return Reference(name.decode("latin-1").upper(), b"")
    return Reference(name[:cut].decode("latin-1").upper(), name[cut + 1 :].lower())
