"""Numbers of payment cards in a text: digits in the groups in which cards have them, an issuer's beginning, its length, and Luhn.

ISO/IEC 7812-1: the first digits tell the issuer, the last is the check digit of annex B. Numbers that the card networks publish
for tests are none, nor are those whose digits are nearly all the same. A number that stands bare in JSON (`"id": 4111…`) is
taken for an identifier: cards are kept as text, and a mask would break the document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.pattern import compile_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator

    from edgeguard.waf.expression import Span

# Digits as many as a card's, alone or in groups of three to six parted by one space or hyphen, and no digit beside them.
CANDIDATE = r"(?:\b|_)[2-6](?:\d{12,18}|\d{3}(?:[ -]\d{4}){3}(?:[ -]\d{3})?|\d{3}[ -]\d{6}[ -]\d{5})\b"
_FIND = compile_pattern(CANDIDATE)

# First digits as a range, and lengths: Visa, Mastercard, American Express, Discover, Diners Club, JCB, Maestro, UnionPay, Mir.
_ISSUERS: tuple[tuple[str, str, frozenset[int]], ...] = (
    ("4", "4", frozenset({13, 16, 19})),
    ("51", "55", frozenset({16})),
    ("2221", "2720", frozenset({16})),
    ("34", "34", frozenset({15})),
    ("37", "37", frozenset({15})),
    ("6011", "6011", frozenset({16, 19})),
    ("644", "649", frozenset({16, 19})),
    ("65", "65", frozenset({16, 19})),
    ("300", "305", frozenset({14, 16})),
    ("36", "36", frozenset({14, 16})),
    ("38", "39", frozenset({14, 16})),
    ("3528", "3589", frozenset({16, 19})),
    ("62", "62", frozenset({16, 19})),
    ("2200", "2204", frozenset({16, 19})),
    ("5018", "5018", frozenset({16, 19})),
    ("6759", "6759", frozenset({16, 19})),
)
# Published by networks and by payment services for tests; the whole world writes articles with them.
_TESTS = frozenset(
    {
        "4111111111111111", "4012888888881881", "4222222222222", "4242424242424242", "4000056655665556", "4917610000000000",
        "4000000000000002", "4000002500003155", "4000000000009995", "4000000000000077", "4000000000003220", "4000002760003184",
        "5555555555554444", "5105105105105100", "5200828282828210", "2223003122003222", "2223000048410010", "5454545454545454",
        "378282246310005", "371449635398431", "378734493671000", "6011111111111117", "6011000990139424", "6011981111111113",
        "30569309025904", "38520000023237", "36227206271667", "3056930009020004", "3530111333300000", "3566002020360505",
        "6200000000000005", "6759649826438453", "5431111111111111", "4444333322221111", "4508750015741019",
    }
)  # fmt: skip
_DISTINCT = 4  # digits in the rest of a number; fewer are made up by hand
_DIGITS = frozenset(b"0123456789")
_BARE_BEFORE = b":[,"
_BARE_AFTER = b",}]"


def cards(text: bytes) -> Iterator[Span]:
    """Where card numbers stand, from left to right."""
    for begin, end in _FIND.every(text):
        first = begin + (text[begin] not in _DIGITS)
        if _is_part(text, first, end) or _bare_in_json(text, first, end):
            continue
        if is_card(text[first:end].translate(None, b" -").decode("ascii")):
            yield first, end


def is_card(digits: str) -> bool:
    """Whether these digits are a card's number, and none for tests."""
    if digits in _TESTS or len(set(digits[4:])) < _DISTINCT:
        return False
    known = any(low <= digits[: len(low)] <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)
    return known and _luhn(digits)


def _luhn(digits: str) -> bool:
    total = sum(map(int, digits[-1::-2]))
    total += sum(doubled - 9 * (doubled > 9) for doubled in (int(digit) * 2 for digit in digits[-2::-2]))
    return total % 10 == 0


def _is_part(text: bytes, begin: int, end: int) -> bool:
    """Whether it is a part of something longer: of a fraction, an identifier with hyphens, a path."""
    before, after = text[begin - 1 : begin], text[end : end + 2]
    return (before != b"" and before in b"-./%") or (after[:1] in (b"-", b".", b"/") and after[1:].isalnum())


def _bare_in_json(text: bytes, begin: int, end: int) -> bool:
    """Whether a run of digits is a JSON number: a colon, bracket or comma before it, and what ends a value behind it."""
    before = text[max(0, begin - 8) : begin].rstrip(b" \t\r\n")[-1:]
    after = text[end : end + 8].lstrip(b" \t\r\n")[:1]
    return before != b"" and before in _BARE_BEFORE and after != b"" and after in _BARE_AFTER and text[begin:end].isdigit()
