r"""Sets of octets as numbers of 256 bits, by the names that PCRE has for them, and how a set is spelled for RE2 and Hyperscan."""

from __future__ import annotations

from functools import lru_cache

ALL = (1 << 256) - 1


def of(octets: bytes) -> int:
    """The set of just these octets."""
    mask = 0
    for octet in octets:
        mask |= 1 << octet
    return mask


def span(first: int, last: int) -> int:
    """The set from `first` to `last`, both within."""
    return (1 << (last + 1)) - (1 << first)


def members(mask: int) -> bytes:
    """The octets of a set, in order."""
    return bytes(octet for octet in range(256) if mask >> octet & 1)


DIGIT = span(0x30, 0x39)
UPPER = span(0x41, 0x5A)
LOWER = span(0x61, 0x7A)
WORD = DIGIT | UPPER | LOWER | of(b"_")
SPACE = of(b"\t\n\v\f\r ")
NEWLINE = of(b"\n")
_GRAPH = span(0x21, 0x7E)

# What `\d` and its like stand for, in PCRE's "C" locale. White space takes the vertical tab, as it does since PCRE 8.34.
SHORT = {"d": DIGIT, "w": WORD, "s": SPACE, "h": of(b"\t \xa0"), "v": span(0x0A, 0x0D) | of(b"\x85"), "N": ALL ^ NEWLINE}

POSIX = {
    "alnum": DIGIT | UPPER | LOWER,
    "alpha": UPPER | LOWER,
    "ascii": span(0, 0x7F),
    "blank": of(b"\t "),
    "cntrl": span(0, 0x1F) | of(b"\x7f"),
    "digit": DIGIT,
    "graph": _GRAPH,
    "lower": LOWER,
    "print": _GRAPH | of(b" "),
    "punct": _GRAPH & ~(DIGIT | UPPER | LOWER),
    "space": SPACE,
    "upper": UPPER,
    "word": WORD,
    "xdigit": DIGIT | of(b"abcdefABCDEF"),
}

_HIGH_UPPER = span(0xC0, 0xDE) ^ of(b"\xd7")
_HIGH_LOWER = span(0xE0, 0xFE) ^ of(b"\xf7")


def folded(mask: int) -> int:
    """The set with the other case of each ASCII letter in it; PCRE folds no others without UTF."""
    return mask | (mask & UPPER) << 32 | (mask & LOWER) >> 32


@lru_cache(4096)
def case_blind(mask: int) -> bool:
    """Whether folding changes nothing, neither as PCRE and Hyperscan fold nor as RE2 does, which folds all of Latin-1."""
    high = mask | (mask & _HIGH_UPPER) << 32 | (mask & _HIGH_LOWER) >> 32
    return folded(mask) == mask == high


@lru_cache(4096)
def spelled(mask: int, *, caseless: bool) -> str:
    """The set as a pattern that RE2 and Hyperscan read alike.

    Args:
        mask: not empty.
        caseless: True where `(?i)` is on; the set is blind to case then, and one case of each letter stands for both.
    """
    if mask == ALL:
        return "."
    for letter, short in (("d", DIGIT), ("w", WORD)):
        if mask in (short, ALL ^ short):
            return "\\" + (letter if mask == short else letter.upper())
    shown = mask & ~UPPER if caseless else mask
    if shown & (shown - 1) == 0:
        return _single(shown.bit_length() - 1)
    other = ALL ^ mask
    plain = f"[{_ranges(shown)}]"
    negated = f"[^{_ranges(other & ~UPPER if caseless else other)}]"
    return plain if len(plain) <= len(negated) else negated


def _single(octet: int) -> str:
    char = chr(octet)
    if octet < 128 and (char.isalnum() or char in " _"):
        return char
    return f"\\{char}" if 0x20 < octet < 0x7F else f"\\x{octet:02x}"


def _ranges(mask: int) -> str:
    parts: list[str] = []
    while mask:
        first = (mask & -mask).bit_length() - 1
        last = first
        while mask >> (last + 1) & 1:
            last += 1
        mask &= ~span(first, last)
        parts.append(_single(first))
        if last > first + 1:
            parts.append("-")
        if last > first:
            parts.append(_single(last))
    return "".join(parts)
