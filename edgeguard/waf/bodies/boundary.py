"""The boundary that a multipart body's content type names, read as ModSecurity reads it, which flags what may mislead others.

Where it refuses, a boundary is found all the same: by a lenient look at the field, or as the body's first line has it.
"""

from __future__ import annotations

from dataclasses import dataclass

_LONGEST = 1024
_TYPE = b"multipart/form-data"
_BLANK = b" \t\n\v\f\r"
_TAKEN = frozenset(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'()+_,-./:=? ")
_GUESSED = 200  # bytes of a first line that may be a boundary; RFC 2046 allows 70


@dataclass(slots=True)
class Boundary:
    """What the field says.

    Attributes:
        text: without the dashes before it; empty where there is none.
        error: why ModSecurity refuses it; empty where it does not.
    """

    text: bytes = b""
    error: str = ""
    quoted: bool = False
    whitespace: bool = False
    missing_semicolon: bool = False


def read(field: bytes, body: bytes) -> Boundary:
    """The boundary of `body`."""
    found = Boundary()
    found.error = _strictly(field, found)
    if found.error:
        found.text = _leniently(field) or _guessed(body)
    return found


def _strictly(field: bytes, found: Boundary) -> str:
    if len(field) > _LONGEST:
        return "content type too long"
    if field[: len(_TYPE)].lower() != _TYPE:
        return "not multipart/form-data"
    if _mentions(field) > 1:
        return "several boundaries"
    at = field.find(b"boundary")
    if at < 0:
        return "no boundary"
    before = field[len(_TYPE) : at].translate(None, _BLANK)
    if before not in (b"", b";"):
        return "something before the boundary"
    found.missing_semicolon = not before
    name, equals, value = field[at + 8 :].partition(b"=")
    if not equals or name.strip(_BLANK):
        return "boundary malformed"
    found.whitespace = bool(name) or value[:1] in (b" ", b"\t", b"\v", b"\f")
    if len(value) > 1 and value[:1] == value[-1:] == b'"':
        value = value[1:-1]
        found.quoted = bool(value)
    elif value[:1] == b'"' or value[-1:] == b'"':
        return "boundary badly quoted"
    if _mentions(value):
        return "boundary within the boundary"
    if not _valid(value):  # some clients name a charset behind it
        value = value.partition(b";")[0]
    if not value or not _valid(value):
        return "boundary malformed"
    found.text = value
    return ""


def _mentions(text: bytes) -> int:
    """How often a boundary is named: the word, with an equals sign anywhere behind it."""
    return text[: max(text.rfind(b"="), 0)].lower().count(b"boundary")


def _valid(text: bytes) -> bool:
    return _TAKEN.issuperset(text) and not text.endswith(b" ")


def _leniently(field: bytes) -> bytes:
    field = field[: 4 * _LONGEST]
    at = field.lower().find(b"boundary")
    value = field[at + 8 :].partition(b"=")[2].strip(_BLANK) if at >= 0 else b""
    if value[:1] == b'"':
        return value[1:].partition(b'"')[0]
    return value.partition(b";")[0].partition(b",")[0].strip(_BLANK + b'"')


def _guessed(body: bytes) -> bytes:
    line = body.lstrip(_BLANK)[:_GUESSED].partition(b"\n")[0].rstrip(_BLANK)
    return line[2:] if line.startswith(b"--") else b""
