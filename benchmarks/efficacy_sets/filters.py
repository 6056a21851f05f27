"""What a grammar can do to a text: random values, and the encodings in which attackers and clients write things."""

from __future__ import annotations

import base64
import gzip
import json
import uuid
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_DIGITS = "0123456789"
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_TOKEN = _LETTERS + _LETTERS.upper() + _DIGITS + "-_"


def octets(text: str) -> bytes:
    """Text as bytes; what `raw` made of bytes that are no UTF-8 comes back as it was."""
    return text.encode("utf-8", "surrogateescape")


def raw(data: bytes) -> str:
    """Bytes as text that `octets` turns back."""
    return data.decode("utf-8", "surrogateescape")


def _some(letters: str) -> Callable[[str, Random], str]:
    return lambda count, random: "".join(random.choices(letters, k=int(count)))


def percent(text: str) -> str:
    """Every byte that is not a letter or digit as `%hh`."""
    return quote(octets(text), safe="").replace("-", "%2D").replace(".", "%2E")


def everything(text: str) -> str:
    """Every byte as `%hh`."""
    return "".join(f"%{byte:02x}" for byte in octets(text))


def percent_u(text: str) -> str:
    """Everything but letters and digits as `%uhhhh`."""
    return "".join(char if char.isalnum() and char.isascii() else f"%u{ord(char):04x}" for char in text)


def entities(text: str, random: Random) -> str:
    """Each character as an HTML entity, in one of the spellings that browsers take."""
    form = random.choice(("&#{0};", "&#x{0:x};", "&#X{0:X};", "&#{0:07d};", "&#x{0:06x};"))
    return "".join(form.format(ord(char)) for char in text)


def unicode_escapes(text: str) -> str:
    r"""Each character as `\uhhhh`."""
    return "".join(f"\\u{ord(char):04x}" for char in text)


def hex_escapes(text: str) -> str:
    r"""Each byte as `\xhh`."""
    return "".join(f"\\x{byte:02x}" for byte in octets(text))


def in_json(text: str) -> str:
    """What stands between the quotes of a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]


def in_xml(text: str) -> str:
    """Text in XML."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")


def full_width(text: str) -> str:
    """Visible ASCII in its full-width forms, which compatibility normalisation turns back."""
    return "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def mixed_case(text: str, random: Random) -> str:
    """Each letter in either case."""
    return "".join(random.choice((char.lower(), char.upper())) if char.isascii() else char for char in text)


def utf7(text: str) -> str:
    """UTF-7, with angle brackets and quotes in its shifts as well."""
    return "".join(char if char.isalnum() else "+" + _utf7_shift(char) + "-" for char in text)


def _utf7_shift(char: str) -> str:
    return base64.b64encode(char.encode("utf-16-be")).decode().rstrip("=")


# Around inline code in the text of an article, until it is known what the article is written in.
_CODE, _END = "\x02", "\x03"


def markdown(text: str) -> str:
    """An article's text as Markdown."""
    return text.replace(_CODE, "`").replace(_END, "`")


def html(text: str) -> str:
    """An article's text as HTML."""
    return in_xml(text).replace("&quot;", '"').replace(_CODE, "<code>").replace(_END, "</code>")


def spans(text: str) -> str:
    """An article's text as spans of structured text: objects of JSON, with commas between them."""
    found = []
    for number, piece in enumerate(text.replace(_END, _CODE).split(_CODE)):
        marks = {"marks": ["code"]} if number % 2 else {}
        found += [{"type": "span", **marks, "value": piece}] if piece else []
    return json.dumps(found, ensure_ascii=False)[1:-1]


def _repeated(text: str, _random: Random) -> str:
    count, _, rest = text.partition(":")
    return rest * int(count)


def _noise(count: str, random: Random) -> str:
    return raw(random.randbytes(int(count)))


FILTERS: dict[str, Callable[[str, Random], str]] = {
    "digits": _some(_DIGITS),
    "hex": _some("0123456789abcdef"),
    "letters": _some(_LETTERS),
    "token": _some(_TOKEN),
    "base32": _some("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"),
    "bin": _noise,
    "uuid": lambda _, random: str(uuid.UUID(int=random.getrandbits(128), version=4)),
    "int": lambda most, random: str(random.randrange(1, int(most))),
    "x": lambda digits, _: raw(bytes.fromhex(digits)),
    "rep": _repeated,
    "b64": lambda text, _: base64.b64encode(octets(text)).decode(),
    "b64url": lambda text, _: base64.urlsafe_b64encode(octets(text)).decode().rstrip("="),
    "b64utf16": lambda text, _: base64.b64encode(text.encode("utf-16-le")).decode(),
    "gzip64": lambda text, _: base64.b64encode(gzip.compress(octets(text), mtime=0)).decode(),
    "url": lambda text, _: quote(octets(text), safe=""),
    "form": lambda text, _: quote_plus(octets(text)),
    "url_query": lambda text, _: quote(octets(text), safe="%/~!$'()*+,;=:@?&[]"),
    "path": lambda text, _: quote(octets(text), safe="/~!$&'()*+,;=:@"),
    "percent": lambda text, _: percent(text),
    "everything": lambda text, _: everything(text),
    "json": lambda text, _: in_json(text),
    "xml": lambda text, _: in_xml(text),
    "ent": entities,
    "jsu": lambda text, _: unicode_escapes(text),
    "jsx": lambda text, _: hex_escapes(text),
    "css": lambda text, _: "".join(f"\\{ord(char):06x}" for char in text),
    "oct": lambda text, _: "".join(f"\\{ord(char):03o}" for char in text),
    "hexed": lambda text, _: octets(text).hex(),
    "codes": lambda text, _: ",".join(str(ord(char)) for char in text),
    "case": mixed_case,
    "upper": lambda text, _: text.upper(),
    "lower": lambda text, _: text.lower(),
    "wide16": lambda text, _: raw(text.encode("utf-16-le")),
    "wide": lambda text, _: full_width(text),
    "reversed": lambda text, _: text[::-1],
    "markdown": lambda text, _: markdown(text),
    "html": lambda text, _: html(text),
    "spans": lambda text, _: spans(text),
    "text": lambda text, _: text.replace(_CODE, "").replace(_END, ""),
    "none": lambda text, _: text,
    "quoted": lambda text, _: text.replace('"', "%22"),  # as browsers write a file's name
    "graphql": lambda text, _: in_json(in_json(text)),
    "graphql-query": lambda text, _: quote(octets(in_json(text)), safe=""),
    "utf7": lambda text, _: utf7(text),
}
