"""Variations of requests: the same idea in another spelling, or in another place. Seeded, so that a run can be repeated.

What a variation is for: programs that agree on what the authors of tests thought of may still differ in how they decode,
split and name what they see.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote_from_bytes, unquote_to_bytes

from sample import FORM, Sample

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from random import Random

_LONGEST = 8192  # bytes of a value that is varied
_SPACES = (b"+", b"%20", b"%09", b"%0a", b"%0d%0a", b"%0b", b"%c2%a0", b"/**/", b"%2F%2A%2A%2F")


@dataclass(frozen=True, slots=True)
class _Spot:
    """A parameter, percent-encoded as it stands, and how to write the request with another one in its place."""

    name: bytes
    value: bytes
    put: Callable[[bytes, bytes], Sample]


def mutations(samples: Iterable[Sample], each: int, random: Random) -> Iterator[Sample]:
    """`each` variations of each sample; fewer of one that has no parameter and no body."""
    for sample in samples:
        spots = list(_spots(sample))
        for number in range(each if spots else 0):
            spot = random.choice(spots)
            kind = random.choice(tuple(_KINDS))
            changed = _KINDS[kind](sample, spot, random)
            if changed is not None:
                yield replace(changed, name=f"mutation/{kind}/{sample.name.removeprefix('ftw/')}#{number}")


def _spots(sample: Sample) -> Iterator[_Spot]:
    if sample.whole or len(sample.target) > _LONGEST or len(sample.body) > _LONGEST:
        return
    path, mark, query = sample.target.partition(b"?")
    if mark:
        yield from _pairs(query, lambda text: replace(sample, target=path + b"?" + text))
    if sample.body and (sample.field(b"content-type") or b"").lower().startswith(FORM):
        yield from _pairs(sample.body, lambda text: sample.with_body(text, sample.field(b"content-type") or FORM))


def _pairs(text: bytes, rewrite: Callable[[bytes], Sample]) -> Iterator[_Spot]:
    parts = text.split(b"&")
    for number, part in enumerate(parts[:16]):
        name, mark, value = part.partition(b"=")

        def put(name: bytes, value: bytes, number: int = number) -> Sample:
            return rewrite(b"&".join((*parts[:number], name + b"=" + value, *parts[number + 1 :])))

        yield _Spot(name, value, put) if mark else _Spot(b"", name, put)


def _plain(spot: _Spot) -> bytes:
    return unquote_to_bytes(spot.value.replace(b"+", b" "))


def _all_encoded(data: bytes) -> bytes:
    return b"".join(b"%%%02x" % byte for byte in data)


# -- spelling


def _case(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    swapped = bytes(
        byte ^ 0x20 if chr(byte).isalpha() and byte < 128 and random.random() < 0.5 else byte for byte in _plain(spot)
    )
    return spot.put(spot.name, quote_from_bytes(swapped).encode())


def _encoded(_: Sample, spot: _Spot, __: Random) -> Sample | None:
    return spot.put(spot.name, _all_encoded(_plain(spot)))


def _partly_encoded(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = b"".join(
        b"%%%02X" % byte if random.random() < 0.3 or not chr(byte).isalnum() or byte > 127 else bytes((byte,))
        for byte in _plain(spot)
    )
    return spot.put(spot.name, text)


def _twice_encoded(_: Sample, spot: _Spot, __: Random) -> Sample | None:
    return spot.put(spot.name, quote_from_bytes(quote_from_bytes(_plain(spot), safe="").encode(), safe="").encode())


def _unicode_encoded(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    wide = random.random() < 0.5  # full-width forms, which best-fit mappings turn into letters
    text = b"".join(
        b"%%u%04x" % (byte + 0xFEE0 if wide and 0x21 <= byte < 0x7F else byte) if random.random() < 0.5 else b"%%%02x" % byte
        for byte in _plain(spot)
    )
    return spot.put(spot.name, text)


def _entities(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = b"".join(
        random.choice((b"&#%d;", b"&#x%x;", b"&#%d")) % byte if random.random() < 0.4 and byte < 128 else bytes((byte,))
        for byte in _plain(spot)
    )
    return spot.put(spot.name, quote_from_bytes(text, safe="").encode())


def _escapes(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = b"".join(
        random.choice((b"\\x%02x", b"\\u%04x", b"\\%o")) % byte if random.random() < 0.3 else bytes((byte,))
        for byte in _plain(spot)
    )
    return spot.put(spot.name, quote_from_bytes(text, safe="").encode())


def _spaces(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = _plain(spot)
    if b" " not in text:
        text = b" " + text + b" "
    parts = [quote_from_bytes(part, safe="").encode() for part in text.split(b" ")]
    return spot.put(spot.name, b"".join(part + random.choice(_SPACES) for part in parts[:-1]) + parts[-1])


def _nul(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = _plain(spot)
    at = random.randrange(len(text) + 1)
    return spot.put(spot.name, quote_from_bytes(text[:at] + b"\0" + text[at:], safe="").encode())


def _broken_encoding(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = _all_encoded(_plain(spot))
    at = random.randrange(len(text) + 1)
    return spot.put(spot.name, text[:at] + random.choice((b"%", b"%g1", b"%u12", b"%%", b"%c0%af", b"\xff")) + text[at:])


def _cut(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = _plain(spot)
    return spot.put(spot.name, quote_from_bytes(text[: random.randrange(len(text) + 1)]).encode())


def _wrapped(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    before, after = random.choice(
        ((b"abc ", b""), (b"", b" -- x"), (b"1) ", b" (2"), (b'"', b'"'), (b"<p>", b"</p>"), (b"{", b"}"))
    )
    return spot.put(spot.name, quote_from_bytes(before + _plain(spot) + after, safe="").encode())


# -- place


def _split(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = _plain(spot)
    at = random.randrange(len(text) + 1)
    first, rest = (quote_from_bytes(part, safe="").encode() for part in (text[:at], text[at:]))
    return spot.put(spot.name, first + b"&" + spot.name + b"=" + rest)


def _as_name(_: Sample, spot: _Spot, __: Random) -> Sample | None:
    return spot.put(quote_from_bytes(_plain(spot), safe="").encode(), b"1")


def _renamed(_: Sample, spot: _Spot, random: Random) -> Sample | None:
    return spot.put(random.choice((b"", b"a.b", b"a%5B%5D", b"a[0][b]", b"%20a", b"a%00b", b"__proto__", b"A" * 120)), spot.value)


def _in_cookie(sample: Sample, spot: _Spot, _: Random) -> Sample | None:
    return sample.with_field(b"Cookie", b"sid=42; item=" + quote_from_bytes(_plain(spot), safe=" '\"()<>=").encode())


def _in_field(sample: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = bytes(byte for byte in _plain(spot) if byte >= 0x20 and byte != 0x7F)
    name = random.choice((b"Referer", b"User-Agent", b"X-Forwarded-Host", b"X-Item", b"Accept-Language"))
    return sample.with_field(name, text.strip())


def _in_path(sample: Sample, spot: _Spot, _: Random) -> Sample | None:
    return replace(sample, target=b"/items/" + quote_from_bytes(_plain(spot), safe="/'()=;,").encode() + b"/edit")


def _in_json(sample: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = _plain(spot).decode("utf-8", "replace")
    name = spot.name.decode("latin-1") or "value"
    document = random.choice(({name: text}, {"data": {"attributes": {name: text}}}, {"list": [1, True, None, text]}, {text: 1}))
    return sample.with_body(json.dumps(document, ensure_ascii=random.random() < 0.5).encode(), b"application/json")


def _in_form(sample: Sample, spot: _Spot, _: Random) -> Sample | None:
    return sample.with_body(b"first=1&" + (spot.name or b"q") + b"=" + spot.value, FORM)


def _in_multipart(sample: Sample, spot: _Spot, random: Random) -> Sample | None:
    boundary = b"----form%08x" % random.getrandbits(32)
    name = unquote_to_bytes(spot.name).replace(b'"', b"") or b"q"
    file = b'; filename="note.txt"\r\nContent-Type: text/plain' if random.random() < 0.3 else b""
    head = b'Content-Disposition: form-data; name="' + bytes(byte for byte in name if byte >= 0x20) + b'"' + file
    body = b"--" + boundary + b"\r\n" + head + b"\r\n\r\n" + _plain(spot) + b"\r\n--" + boundary + b"--\r\n"
    return sample.with_body(body, b"multipart/form-data; boundary=" + boundary)


def _in_xml(sample: Sample, spot: _Spot, random: Random) -> Sample | None:
    text = bytes(byte for byte in _plain(spot) if byte >= 0x20)
    for raw, safe in ((b"&", b"&amp;"), (b"<", b"&lt;"), (b">", b"&gt;"), (b'"', b"&quot;")):
        text = text.replace(raw, safe)
    inside = b'<item name="' + text + b'"/>' if random.random() < 0.4 else b"<item>" + text + b"</item>"
    body = b'<?xml version="1.0" encoding="utf-8"?><items>' + inside + b"</items>"
    return sample.with_body(body, random.choice((b"application/xml", b"text/xml")))


_KINDS: dict[str, Callable[[Sample, _Spot, Random], Sample | None]] = {
    "case": _case,
    "encoded": _encoded,
    "partly-encoded": _partly_encoded,
    "twice-encoded": _twice_encoded,
    "unicode-encoded": _unicode_encoded,
    "entities": _entities,
    "escapes": _escapes,
    "spaces": _spaces,
    "nul": _nul,
    "broken-encoding": _broken_encoding,
    "cut": _cut,
    "wrapped": _wrapped,
    "split": _split,
    "as-name": _as_name,
    "renamed": _renamed,
    "in-cookie": _in_cookie,
    "in-field": _in_field,
    "in-path": _in_path,
    "in-json": _in_json,
    "in-form": _in_form,
    "in-multipart": _in_multipart,
    "in-xml": _in_xml,
}
