r"""What stands behind a backslash, as PCRE reads it, without UTF: one octet, a set of them, or neither."""

from __future__ import annotations

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.octets import ALL, SHORT

_HEX = frozenset("0123456789abcdefABCDEF")
_OCTAL = frozenset("01234567")
_CONTROL = {"a": 7, "e": 27, "f": 12, "n": 10, "r": 13, "t": 9}
_REFUSED = {
    "p": "\\p: write the octets meant",
    "P": "\\P: write the octets meant",
    "X": "\\X: patterns look at octets, not at characters",
    "K": "\\K: a match begins where the pattern begins",
    "l": "\\l",
    "L": "\\L",
    "u": "\\u: write \\x and two digits",
    "U": "\\U",
}


def short_set(letter: str) -> int | None:
    r"""The set that `\letter` stands for; None where it stands for none."""
    if letter in SHORT:
        return SHORT[letter]
    lower = letter.lower()
    if letter in "DWSHV" and lower in SHORT:
        return ALL ^ SHORT[lower]
    return ALL if letter == "C" else None


def one_octet(text: str, at: int) -> tuple[int, int]:
    """The octet that the escape with its letter at `at` stands for, and where the text goes on.

    Raises:
        Refused: it stands for no octet.
    """
    letter = text[at : at + 1]
    if letter in _CONTROL and letter:
        return _CONTROL[letter], at + 1
    if letter == "x":
        return _hexadecimal(text, at + 1)
    if letter == "o" and text[at + 1 : at + 2] == "{":
        return _braced(text, at + 1, 8)
    if letter == "c" and at + 1 < len(text):
        return ord(text[at + 1].upper()) ^ 0x40, at + 2
    if letter in _OCTAL:
        end = at + 1
        while end < at + 3 and text[end : end + 1] in _OCTAL and end < len(text):
            end += 1
        value = int(text[at:end], 8)
        if value > 255:
            raise Refused(f"\\{text[at:end]} is no octet")
        return value, end
    if letter in _REFUSED:
        raise Refused(f"{_REFUSED[letter]} is not taken")
    if not letter:
        raise Refused("a backslash at the end")
    if letter.isascii() and letter.isalnum():
        raise Refused(f"\\{letter} means nothing; write {letter}")
    return ord(letter), at + 1


def _hexadecimal(text: str, at: int) -> tuple[int, int]:
    if text[at : at + 1] == "{":
        return _braced(text, at, 16)
    end = at
    while end < at + 2 and end < len(text) and text[end] in _HEX:
        end += 1
    return int(text[at:end] or "0", 16), end


def _braced(text: str, at: int, base: int) -> tuple[int, int]:
    end = text.find("}", at)
    digits = text[at + 1 : end] if end > 0 else ""
    allowed = _HEX if base == 16 else _OCTAL
    if not digits or not all(digit in allowed for digit in digits) or int(digits, base) > 255:
        raise Refused(f"\\{text[at - 1 : max(end + 1, at + 1)]} is no octet; without UTF the largest is \\x{{ff}}")
    return int(digits, base), end + 1
