"""Encoders that attackers lay over a payload before it goes to its place, each with the places where an origin would undo it."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from efficacy_sets import filters

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

_BLANKS_OF_SQL = ("\t", "\n", "\r\n", "\x0b", "\x0c", "\xa0")
_VALUES = ("query", "form", "json", "json-deep", "cookie", "graphql-variable", "multipart")
_TARGETS = ("query", "query-raw", "form", "path", "cookie", "referer")


@dataclass(frozen=True, slots=True)
class Encoder:
    """One way of writing a payload.

    Attributes:
        write: the payload, encoded.
        places: where it makes sense; empty means everywhere.
    """

    write: Callable[[str, Random], str]
    places: tuple[str, ...] = ()

    def fits(self, place: str) -> bool:
        """Whether an origin may undo it in this place."""
        return not self.places or place in self.places


def _commented(text: str, random: Random) -> str:
    between = random.choice(("/**/", "/*{0}*/", "/*!*/", "--{0}\n", "/*\n*/")).format(random.choice(("x", "foo", "42")))
    return text.replace(" ", between)


def _blanks(text: str, random: Random) -> str:
    return text.replace(" ", random.choice(_BLANKS_OF_SQL))


def _nested(text: str, _random: Random) -> str:
    return json.dumps({"filter": {"value": text}, "page": 1})


def _base64(text: str, _random: Random) -> str:
    return base64.b64encode(filters.octets(text)).decode()


def _base64_url(text: str, _random: Random) -> str:
    return base64.urlsafe_b64encode(filters.octets(text)).decode().rstrip("=")


ENCODERS: dict[str, Encoder] = {
    "plain": Encoder(lambda text, _: text),
    "url": Encoder(lambda text, _: text),  # what the place does anyway; the name that people look for
    "double-url": Encoder(lambda text, _: filters.percent(text), _TARGETS),
    "triple-url": Encoder(lambda text, _: filters.percent(filters.percent(text)), ("query", "form")),
    "percent-u": Encoder(lambda text, _: filters.percent_u(text), ("query", "form")),
    "every-byte": Encoder(lambda text, _: filters.everything(text), ("query", "form", "cookie")),
    "base64": Encoder(_base64, (*_VALUES, "header")),
    "base64-url": Encoder(_base64_url, ("query", "cookie", "json")),
    "html-entities": Encoder(filters.entities, ("query", "form", "json", "multipart")),
    "json-escapes": Encoder(lambda text, _: filters.unicode_escapes(text), ("json", "json-deep", "graphql-variable")),
    "xml-entities": Encoder(lambda text, _: "".join(f"&#x{ord(char):x};" for char in text), ("xml", "soap")),
    "cdata": Encoder(lambda text, _: f"<![CDATA[{text}]]>", ("xml", "soap")),
    "nested-json": Encoder(_nested, ("query", "form", "multipart")),
    "full-width": Encoder(lambda text, _: filters.full_width(text), ("query", "form", "json", "path")),
    "case": Encoder(filters.mixed_case),
    "comments": Encoder(_commented),
    "white-space": Encoder(_blanks, ("query", "form", "json", "json-deep", "graphql-variable", "multipart")),
}

# Encoders whose result must reach the wire as it is: the place does not escape it once more.
AS_IT_IS = frozenset({"percent-u", "every-byte", "json-escapes", "xml-entities", "cdata"})
