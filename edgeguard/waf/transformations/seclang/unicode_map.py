"""Reads the file that `SecUnicodeMapFile` names: for each code page its number, then words of `code:byte`, hexadecimal."""

from __future__ import annotations

_FULL_STOPS = (0x002E, 0x3002, 0xFF0E, 0xFF61)  # all of them part the labels of a host's name (RFC 3490, section 3.1)
_LAST = 0xFFFF


def read_unicode_map(text: str, code_page: int) -> dict[int, bytes]:
    """The byte for each code point that `code_page` has one for, and for full stops. Raises ValueError where it is not there."""
    mapping = dict.fromkeys(_FULL_STOPS, b".")
    words = iter(text.split())
    if not any(word == str(code_page) for word in words):
        raise ValueError(f"there is no code page {code_page}")
    begun = False
    for word in words:
        code, colon, octet = word.partition(":")
        if colon:
            begun = True
            number = _number(code, word)
            if number <= _LAST:
                mapping[number] = bytes([_number(octet, word) & 0xFF])
        elif begun:
            break
    return mapping


def _number(digits: str, word: str) -> int:
    try:
        return int(digits, 16)
    except ValueError:
        raise ValueError(f"{word} is not two hexadecimal numbers with a colon between them") from None
