"""A case: one request, and what should become of it; requests read from their raw text; ways to carry a body."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from sample import Sample

from efficacy_sets.filters import octets

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

Wanted = Literal["block", "pass"]


@dataclass(frozen=True, slots=True)
class Case:
    """One request with what is known of it.

    Attributes:
        wanted: what a perfect edge does with it.
        group: `attack`, `legitimate`, `editorial`, `editorial-attack` or `unauthenticated`.
        kind: the class of the attack, or the kind of traffic.
        technique: which productions it was made from.
        place: where the payload stands.
        encoding: what was laid over it.
        part: `tuned`, `held-out` or `outside`.
        account: whether it comes from an editor who is logged in.
        shown: the payload before its encoding, for reports.
    """

    sample: Sample
    wanted: Wanted
    group: str
    kind: str
    technique: str = ""
    place: str = ""
    encoding: str = "plain"
    part: str = "tuned"
    account: bool = False
    shown: str = ""


def read_request(name: str, text: str) -> Sample:
    """A request from its raw text: lines end in LF or CRLF, the body's length is added where the head says none.

    A multipart body's lines end in CRLF on the wire, whatever they end in here.

    Raises:
        ValueError: there is no request line.
    """
    text = text.removesuffix("\n")
    head, _, body = text.partition("\n\n")
    line, *rest = [octets(line) for line in head.lstrip("\n").split("\n") if line]
    method, _, target = line.partition(b" ")
    target, _, version = target.rpartition(b" ")
    if not version.startswith(b"HTTP/"):
        target, version = (target + b" " + version).strip(), b"HTTP/1.1"
    fields = [(key.strip(), value.strip()) for key, _, value in (field.partition(b":") for field in rest)]
    sample = Sample(name, method, target, version, tuple(fields))
    if not body:
        return sample
    data = octets(body)
    if (sample.field(b"content-type") or b"").lower().startswith(b"multipart/"):
        data = data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        data += b"" if data.endswith(b"\r\n") else b"\r\n"
    if sample.field(b"content-length") is None and sample.field(b"transfer-encoding") is None:
        sample = sample.with_field(b"Content-Length", b"%d" % len(data))
    return replace(sample, body=data)


def _carried(sample: Sample, body: bytes, *more: tuple[bytes, bytes]) -> Sample:
    return replace(sample, fields=sample.fields + more, body=body).with_field(b"Content-Length", b"%d" % len(body))


def compressed(sample: Sample, _random: Random) -> Sample:
    """The body as gzip."""
    return _carried(sample, gzip.compress(sample.body, mtime=0), (b"Content-Encoding", b"gzip"))


def chunked(sample: Sample, random: Random) -> Sample:
    """The body in chunks, so small that words are torn."""
    size = random.choice((3, 7, 16, 50))
    pieces = [sample.body[at : at + size] for at in range(0, len(sample.body), size)]
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    fields = tuple(field for field in sample.fields if field[0].lower() != b"content-length")
    return replace(sample, fields=(*fields, (b"Transfer-Encoding", b"chunked")), body=body)


def utf16(sample: Sample, random: Random) -> Sample:
    """A JSON or XML body in UTF-16, with a byte order mark and the charset told."""
    codec = random.choice(("utf-16-le", "utf-16-be"))
    mark = b"\xff\xfe" if codec == "utf-16-le" else b"\xfe\xff"
    kind = (sample.field(b"content-type") or b"").partition(b";")[0]
    text = sample.body.decode("utf-8", "surrogateescape").replace('encoding="UTF-8"', 'encoding="UTF-16"')
    body = mark + text.encode(codec, "surrogatepass")
    return _carried(sample.with_field(b"Content-Type", kind + b"; charset=utf-16"), body)


def padded(sample: Sample, random: Random) -> Sample:
    """The body behind many bytes that mean nothing, still within what rules are said to see."""
    size = random.choice((8_000, 30_000, 60_000, 110_000))
    kind = (sample.field(b"content-type") or b"").partition(b";")[0]
    if kind == b"application/x-www-form-urlencoded":
        return _carried(sample, b"note=" + b"lorem+ipsum+" * (size // 12) + b"&" + sample.body)
    if kind.endswith(b"json") and sample.body.startswith(b"{"):
        return _carried(sample, b'{"note":"' + b"lorem ipsum " * (size // 12) + b'",' + sample.body[1:])
    return sample


def twice(sample: Sample, _random: Random) -> Sample:
    """The first parameter of the query or form given twice, harmless the first time."""
    if sample.body:
        return _carried(sample, sample.body.partition(b"=")[0] + b"=1&" + sample.body)
    path, mark, query = sample.target.partition(b"?")
    return replace(sample, target=path + mark + query.partition(b"=")[0] + b"=1&" + query) if mark else sample


_JSON = ("json", "json-deep", "graphql-variable", "graphql-string")

# How a body may be carried, with the places where that makes sense.
CARRIERS: dict[str, tuple[Callable[[Sample, Random], Sample], tuple[str, ...]]] = {
    "gzip": (compressed, ("form", "xml", "soap", *_JSON)),
    "chunked": (chunked, ("form", "xml", "soap", *_JSON)),
    "utf-16": (utf16, ("json", "json-deep", "xml")),
    "padding": (padded, ("form", *_JSON)),
    "twice": (twice, ("query", "form")),
}
