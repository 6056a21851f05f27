"""Sets between brackets, as PCRE reads them: ranges, named sets, escapes, quoted parts."""

from __future__ import annotations

from edgeguard.waf.faults import Refused
from edgeguard.waf.pcre.escapes import one_octet, short_set
from edgeguard.waf.pcre.octets import ALL, POSIX, folded, span


def read_brackets(text: str, at: int, *, caseless: bool) -> tuple[int, int]:
    """The set whose opening bracket stands at `at`, and where the text goes on.

    Raises:
        Refused: it does not end, or makes no sense.
    """
    start = at
    at += 1
    negated = text[at : at + 1] == "^"
    if negated:
        at += 1
    mask = 0
    first = True
    quoted = False
    while True:
        if at >= len(text):
            raise Refused(f"'{text[start : start + 20]}': the set does not end")
        if text[at] == "]" and not first and not quoted:
            break
        pair = text[at : at + 2]
        if quoted and pair == "\\E":
            quoted = False
            at += 2
            continue
        if not quoted and pair in ("\\Q", "\\E"):
            quoted = pair == "\\Q"
            at += 2
            continue
        first = False
        part, low, at = (1 << ord(text[at]), ord(text[at]), at + 1) if quoted else _member(text, at)
        if not quoted and low is not None and text[at : at + 1] == "-" and text[at + 1 : at + 2] not in ("]", ""):
            part, at = _range(text, at, low)
        mask |= part
    if caseless:
        mask = folded(mask)
    if negated:
        mask ^= ALL
    if not mask:
        raise Refused(f"'{text[start : at + 1]}': no octet is in this set")
    return mask, at + 1


def _range(text: str, at: int, low: int) -> tuple[int, int]:
    """From `low` over the hyphen at `at`; a hyphen before a set that has no order stands for itself."""
    if text[at + 1 : at + 3] in ("\\E", "\\Q"):
        raise Refused("a range over \\Q or \\E: write its ends without them")
    part, high, end = _member(text, at + 1)
    if high is None:
        return 1 << low | 1 << ord("-") | part, end
    if high < low:
        raise Refused(f"the range {chr(low)!r} to {chr(high)!r} is out of order")
    return span(low, high), end


def _member(text: str, at: int) -> tuple[int, int | None, int]:
    """One member at `at`: its set, its octet if it is just one, and where the text goes on."""
    char = text[at]
    if char == "[" and text[at + 1 : at + 2] in (":", ".", "="):
        mark = text[at + 1]
        end = text.find(mark + "]", at + 2)
        name = text[at + 2 : end] if end > 0 else ""
        if end > 0 and name.lstrip("^").isalpha():
            if mark != ":" or name.lstrip("^") not in POSIX:
                raise Refused(f"'[{mark}{name}{mark}]': no such set")
            mask = POSIX[name.lstrip("^")]
            return ALL ^ mask if name.startswith("^") else mask, None, end + 2
    if char != "\\":
        return 1 << ord(char), ord(char), at + 1
    letter = text[at + 1 : at + 2]
    if letter == "b":
        return 1 << 8, 8, at + 2
    mask_or_none = None if letter in ("N", "C", "") else short_set(letter)
    if mask_or_none is not None:
        return mask_or_none, None, at + 2
    octet, end = one_octet(text, at + 1)
    return 1 << octet, octet, end
