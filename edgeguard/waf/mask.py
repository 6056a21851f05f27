"""What of a matched value may be shown: a short piece, printable, and nothing of secrets."""

from __future__ import annotations

from edgeguard.waf.targets.sources import Source

_SHOWN = 64  # bytes of a match; enough to recognise an attack, too little to leak a document
MASKED = "***"
_SECRET_NAMES = (
    b"pass", b"pwd", b"secret", b"token", b"apikey", b"api_key", b"api-key", b"auth", b"session", b"credential",
    b"private", b"signature", b"cvv", b"cvc", b"card", b"iban", b"ssn", b"otp", b"pin",
)  # fmt: skip
_COOKIES = (
    Source.COOKIE_VALUE.value, Source.COOKIE_NESTED.value, "http.request.headers:cookie", "http.response.headers:set-cookie",
    "REQUEST_COOKIES", "REQUEST_HEADERS:Cookie", "RESPONSE_HEADERS:Set-Cookie",
)  # fmt: skip
_PARTING = bytes.maketrans(b";?#,{}[\r\n:", b"&&&&&&&&&=")
_WHOLE = (
    Source.QUERY.value, Source.TARGET.value, Source.BODY.value, Source.BODY_TEXT.value, Source.RESPONSE_BODY.value,
    "REQUEST_URI", "REQUEST_URI_RAW", "REQUEST_LINE", "QUERY_STRING", "REQUEST_BODY", "FULL_REQUEST", "RESPONSE_BODY",
)  # fmt: skip


def shown(label: str, name: bytes, value: bytes, span: tuple[int, int]) -> str:
    """The part of `value` within `span`, cut to 64 bytes with control characters escaped; `***` for what may be a secret.

    A name that speaks of a secret masks its value; a cookie's value is one always. Where no name tells, as in a raw
    body, a matched part that itself speaks of one is masked.
    """
    piece = value[span[0] : min(span[1], span[0] + _SHOWN)]
    if label in _COOKIES or f"{label}:{name.decode('latin-1')}" in _COOKIES or _tells(name):
        return MASKED
    if label in _WHOLE and _tells(piece):
        return MASKED
    return printable(piece)


def is_long(label: str, value: bytes) -> bool:
    """Whether of this value only the matched part may be shown: it holds more than one thing, and one of them may be a secret.

    So do raw targets and bodies, the text of a document, and any value in which a name that speaks of a secret has a value.
    """
    return label in _WHOLE or label == "XML" or _names_secret(value)


def _names_secret(text: bytes) -> bool:
    """Whether there is `name=value`, or `"name": value`, in the text, with such a name."""
    plain = text.translate(_PARTING, b"\"'\\ \t")
    return any(sign and _tells(name) for name, sign, _ in (piece.partition(b"=") for piece in plain.split(b"&")))


def printable(piece: bytes) -> str:
    """Text in which every control character, backslash and broken byte is escaped."""
    text = piece.decode("utf-8", "backslashreplace")
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)


def name_shown(name: bytes) -> str:
    """A value's name for a verdict, cut like a value."""
    return printable(name[:_SHOWN])


def _tells(text: bytes) -> bool:
    lower = text.lower()
    return any(word in lower for word in _SECRET_NAMES)
