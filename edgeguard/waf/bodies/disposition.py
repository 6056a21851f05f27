"""A part's Content-Disposition, read as ModSecurity reads it. What it refuses is read leniently besides, so that the name and the
file name that some other reader may take are seen.
"""

from __future__ import annotations

from dataclasses import dataclass

from edgeguard.waf.bodies.octet_pattern import octet_pattern
from edgeguard.waf.transformations.url_decode import url_decode

_BLANK = b" \t"
_TOKEN = b"!#$%&'*+-.^_`{|}~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ALNUM = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CHARSET = _ALNUM + b"!#$%&+-^_`{}~"
_EXTENDED = _ALNUM + b"!#$&+-.^_`~%"
_ENDS = {quote: octet_pattern(rb"(?:[^\\%b]|\\.|\\$)*" % quote).match for quote in (b'"', b"'")}
_PARAMETERS = 16  # of one disposition; three have a meaning


@dataclass(slots=True)
class Disposition:
    """Name and file names.

    Attributes:
        name: b"" where there is none.
        file_name: of `filename`; None where there is none.
        extended: of `filename*`, decoded (RFC 5987); None where there is none.
        error: why ModSecurity refuses it; empty where it does not.
        invalid_quoting: single quotes, or something behind a closing quote.
    """

    name: bytes = b""
    file_name: bytes | None = None
    extended: bytes | None = None
    error: str = ""
    invalid_quoting: bool = False


def read(value: bytes) -> Disposition:
    """What `form-data; name="a"; filename="b"` says."""
    found = Disposition()
    found.error = _strictly(value, found)
    if found.error:
        _leniently(value, found)
    elif not found.name:
        found.error = "a part has no name"
    return found


def _strictly(value: bytes, found: Disposition) -> str:
    if not value.startswith(b"form-data"):
        return "a part's disposition is not form-data"
    rest = value[9:].lstrip(_BLANK)
    if rest and rest[:1] != b";":
        return "a part's disposition is malformed"
    rest = rest[1:]
    while rest:
        key, equals, rest = rest.partition(b"=")
        key = key.strip(_BLANK)
        rest = rest.lstrip(_BLANK)
        if not equals or not rest or b" " in key or b"\t" in key:
            return "a part's disposition is malformed"
        if key not in (b"name", b"filename", b"filename*"):
            return "a part's disposition has an unknown parameter"
        text, rest, error = _extended(rest) if key == b"filename*" else _value(rest, found)
        if error:
            return error
        if not _keep(key, text, found):
            return "a part's disposition repeats a parameter"
        rest = rest.lstrip(_BLANK)
        if rest and rest[:1] != b";":
            found.invalid_quoting |= value[: -len(rest)].endswith((b'"', b"'"))
            return "a part's disposition is malformed"
        rest = rest[1:]
    if found.extended is not None and not found.file_name:
        return "a part has an extended file name and no plain one"
    return ""


def _keep(key: bytes, text: bytes, found: Disposition) -> bool:
    if key == b"name":
        known, found.name = found.name, found.name or text
    elif key == b"filename":
        known, found.file_name = found.file_name or b"", found.file_name or text
    else:
        known, found.extended = found.extended or b"", found.extended or text
    return not known


def _value(rest: bytes, found: Disposition) -> tuple[bytes, bytes, str]:
    """A value in quotes of either kind, or a token; and what follows it."""
    quote = rest[:1]
    if quote not in (b'"', b"'"):
        after = rest.lstrip(_TOKEN)
        text = rest[: len(rest) - len(after)]
        found.invalid_quoting |= b"'" in text
        return text, after, ""
    found.invalid_quoting |= quote == b"'"
    if b"\\" not in rest:
        text, closing, after = rest[1:].partition(quote)
        return text, after, "" if closing else "a part's name is not closed"
    end = _ENDS[quote](rest, 1).end()
    # Only quotes and backslashes are escaped; old browsers send whole paths.
    text = b"\\".join([piece.replace(b"\\" + quote, quote) for piece in rest[1:end].split(b"\\\\")])
    return text, rest[end + 1 :], "" if end < len(rest) else "a part's name is not closed"


def _extended(rest: bytes) -> tuple[bytes, bytes, str]:
    charset, first, tail = rest.partition(b"'")
    _, second, tail = tail.partition(b"'")
    text, semicolon, after = tail.partition(b";")
    text = text.rstrip(_BLANK)
    if not charset or charset.strip(_CHARSET) or not first or not second or text.strip(_EXTENDED):
        return b"", b"", "a part's extended file name is malformed"
    return url_decode(text.replace(b"+", b"%2B")), semicolon + after, ""


def _leniently(value: bytes, found: Disposition) -> None:
    """Fill in what has not been found: keys in any case, values in whatever quotes, anything in between."""
    for _ in range(_PARAMETERS):
        key, equals, rest = value.partition(b"=")
        if not equals:
            return
        key = key.replace(b";", b" ").replace(b'"', b" ").split()[-1].lower() if key.strip(b' \t;"') else b""
        rest = rest.lstrip(_BLANK)
        if rest[:1] in (b'"', b"'"):
            text, _, value = rest[1:].partition(rest[:1])
        else:
            text, _, value = rest.partition(b";")
        if key == b"name" and not found.name:
            found.name = text
        elif key == b"filename" and not found.file_name:
            found.file_name = text
        elif key == b"filename*" and not found.extended:
            found.extended = url_decode(text.rpartition(b"'")[2].replace(b"+", b"%2B"))
