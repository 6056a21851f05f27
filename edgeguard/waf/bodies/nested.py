"""Texts within a text: JSON or Base64 as a value of a form, claims of a token, UTF-7. What a reader behind would take out of a
value and use is looked at as if it had been sent by itself.

Benign values pay a look at their first byte and at their alphabet. What is found is bounded in depth, number and bytes.
"""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from edgeguard.waf.bodies import json_text
from edgeguard.waf.bodies.content import Content, TooMuch, Unparsable
from edgeguard.waf.expression import PLAIN
from edgeguard.waf.transformations.decode_all import decode_all

if TYPE_CHECKING:
    from collections.abc import Iterable

    from edgeguard.waf.targets.sources import Pair

_LEVELS = 3
"""Nestings that are undone: Base64 of JSON in JSON. Each level's values are part of the one before."""

_MOST = 512
"""Texts that come out of one value. A filter or a saved state has some dozens; what has more is data, and it is looked at
as a whole in any case."""

_LONGEST = 64 * 1024  # bytes of a value that is taken apart; longer ones are images and archives
_SHORTEST = 8  # letters of Base64: six bytes, fewer hold no attack
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_="
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_PRINTABLE = bytes(range(0x20, 0x7F)) + b"\t\n\r\0"
_JSON = (b"{", b"[", b'"')
_NUMBERS = b"0123456789.,eE+- \t\r\n[]{}:"
_BEGINS = frozenset(b'{[" \t\r\n')
_UTF7 = b" AD"
_UTF7_PLUS = b"+AD"
"""How UTF-7 begins to spell `<`, `>`, `;` or `=`, in a query where the plus sign is a blank, and elsewhere."""


def texts_within(value: bytes) -> list[bytes]:
    """The texts in `value`, without itself; those that are nothing but words and numbers are left out."""
    found: list[bytes] = []
    waiting = [value]
    for _ in range(_LEVELS):
        below: list[bytes] = []
        for each in waiting:
            below += _taken_out(each)
            if len(below) + len(found) > _MOST:
                return (found + below)[:_MOST]
        if not below:
            break
        found += below
        waiting = below
    return found


def nested_pairs(pairs: Iterable[Pair]) -> list[Pair]:
    """What is in values, under their names."""
    found: list[Pair] = []
    for name, value in pairs:
        if len(value) < _SHORTEST:
            continue
        if b"%" in value:
            value = decode_all(value)  # noqa: PLW2901 - what is nested stands within its encoding
            if not value:
                continue
        # Most values are told by one look: a text has blanks, and a date or an address signs that are not of Base64.
        if value[0] in _BEGINS or (b" " in value and _UTF7 in value) or (b" " not in value and _one_word(value)):
            found += [(name, text) for text in texts_within(value)]
            if len(found) > _MOST:
                break
    return found


def _one_word(value: bytes) -> bool:
    """Whether a value without blanks may be Base64, a token, or UTF-7."""
    foreign = value.translate(None, _ALPHABET)
    return not foreign or foreign == b".." or _UTF7_PLUS in value or not foreign.strip(b".\r\n")


def joined_pairs(pairs: list[Pair]) -> list[Pair]:
    """Values of which the name is given twice, put together with commas, as some origins do, and without."""
    if len(pairs) < 2 or len({name for name, _ in pairs}) == len(pairs):
        return []
    groups: dict[bytes, list[bytes]] = {}
    for name, value in pairs:
        groups.setdefault(name, []).append(value)
    return [
        (name, whole)
        for name, values in groups.items()
        if len(values) > 1 and any(value.translate(None, PLAIN) for value in values)
        for whole in (b",".join(values)[:_LONGEST], b"".join(values)[:_LONGEST])
    ]


def _taken_out(value: bytes) -> list[bytes]:
    if not _SHORTEST <= len(value) <= _LONGEST:
        return []
    start = value[:1] if value[:1] > b" " else value.lstrip()[:1]
    if start in _JSON:
        return _from_json(value.strip()) if value.translate(None, _NUMBERS) else []
    if start == b"%" and value[:3].lower() in (b"%7b", b"%5b", b"%22"):
        return []  # percent-decoding comes first, and its result is looked at as a whole
    foreign = value.strip().translate(None, _ALPHABET)
    if not foreign and _UTF7_PLUS not in value:
        return _from_base64(value.strip())
    if foreign.strip(b".") == b"" and len(foreign) <= 4 and value[:3] == b"eyJ":
        return [text for piece in value.split(b".") for text in _from_base64(piece)]
    if _UTF7 in value or _UTF7_PLUS in value:
        return _from_utf7(value)
    return []


def _from_json(text: bytes) -> list[bytes]:
    content = Content()
    try:
        json_text.parse(text, content, 32, _MOST)
    except (Unparsable, TooMuch):
        if content.json is None:
            return [piece for _, piece in json_text.strings(text, _MOST) if _may_matter(piece)]
    pairs = (*content.json_values, *content.json_keys)
    return list(dict.fromkeys(piece for _, piece in pairs if _may_matter(piece)))


def _may_matter(text: bytes) -> bool:
    """Whether it has a sign, is a number that goes on, or one long word, which may be an encoding: others hold no attack."""
    if text.translate(None, PLAIN):
        return True
    return (text[:1].isdigit() and b" " in text) if len(text) < 16 or b" " in text else True


def _from_base64(value: bytes) -> list[bytes]:
    digits = value.rstrip(b"=").translate(_TO_STANDARD)
    if len(digits) % 4 == 1 or b"=" in digits:
        return []
    try:
        head = base64.b64decode(digits[:32] + b"=" * (-len(digits[:32]) % 4))
        if not _is_text(head, cut=True):
            return []
        text = base64.b64decode(digits + b"=" * (-len(digits) % 4))
    except binascii.Error:
        return []
    return [text] if (b" " not in text.strip() or _may_matter(text)) and _is_text(text) else []


def _is_text(text: bytes, *, cut: bool = False) -> bool:
    foreign = text.translate(None, _PRINTABLE)
    if not foreign:
        return True
    if min(foreign) < 0x80:
        return False
    decoded = text.decode("utf-8", "ignore").encode()
    return len(text) - len(decoded) <= (3 if cut else 0)


def _from_utf7(value: bytes) -> list[bytes]:
    text = value.replace(b" A", b"+A").decode("utf-7", "ignore").encode("utf-8", "surrogatepass")
    return [text] if text != value else []
