"""Sets from outside: folders of raw requests, and lists of payloads that encoders and places are applied to."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from efficacy_sets.cases import CARRIERS, Case
from efficacy_sets.encoders import ENCODERS
from efficacy_sets.generate import HERE, Places, fits, shared_rules
from efficacy_sets.grammar import Grammar
from sample import Sample

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from efficacy_sets.cases import Wanted


_FOLDERS: dict[str, Wanted] = {"attacks": "block", "legitimate": "pass"}


def requests(folder: Path, wanted: Wanted, kind: str) -> Iterator[Case]:
    """Every `*.http` file below a folder, as one request each.

    A first subfolder called `attacks` or `legitimate` says what its files are, whatever `wanted` says. A head whose lines end
    in LF is given CRLF; a body without a length is given one. All else is sent as it stands.

    Raises:
        SystemExit: there is none.
    """
    files = sorted(folder.rglob("*.http"))
    if not files:
        raise SystemExit(f"benchmarks/efficacy: no *.http below {folder}")
    for file in files:
        inner = file.relative_to(folder)
        meant = _FOLDERS.get(inner.parts[0], wanted)
        group = "attack" if meant == "block" else "legitimate"
        sample = raw_request(str(inner), file.read_bytes())
        yield Case(sample, meant, group, kind or file.parent.name, place="request", part="outside", shown=str(inner))


def raw_request(name: str, data: bytes) -> Sample:
    """The parts of a raw request; its bytes as they are where it has no head that can be told from its body."""
    end = b"\r\n\r\n" if b"\r\n\r\n" in data else b"\n\n"
    head, found, body = data.partition(end)
    if not found:
        head, body = data.rstrip(b"\r\n"), b""
    line, *rest = head.replace(b"\r\n", b"\n").split(b"\n")
    parts = line.split(b" ")
    if len(parts) != 3 or not parts[2].startswith(b"HTTP/1.") or any(b":" not in field for field in rest):
        return Sample(name, whole=data)
    fields = tuple((key, value.strip()) for key, _, value in (field.partition(b":") for field in rest))
    sample = Sample(name, parts[0], parts[1], parts[2], fields, body)
    if body and sample.field(b"content-length") is None and sample.field(b"transfer-encoding") is None:
        sample = sample.with_field(b"Content-Length", b"%d" % len(body.rstrip(b"\r\n")))
        sample = replace(sample, body=body.rstrip(b"\r\n"))
    return sample


def payloads(file: Path, wanted: Wanted, kind: str, encodings: list[str], places: list[str], seed: int) -> Iterator[Case]:
    """Each line of a file, in every place and under every encoding that makes sense there.

    Raises:
        SystemExit: a place or an encoder is not known.
    """
    table = Places()
    for asked, known, what in ((places, table.names(), "place"), (encodings, [*ENCODERS, *CARRIERS], "encoder")):
        for name in asked:
            if name not in known:
                raise SystemExit(f"benchmarks/efficacy: no {what} is called {name}; there are {', '.join(sorted(known))}")
    grammar = Grammar(shared_rules(HERE), Random(seed))
    for number, line in enumerate(file.read_bytes().split(b"\n")):
        payload = line.rstrip(b"\r").decode("utf-8", "surrogateescape").replace("⟦", "").replace("⟧", "")
        for place, encoding in ((place, encoding) for place in places for encoding in encodings if fits(encoding, place)):
            if payload:
                name = f"outside/{file.name}/{number + 1}/{place}/{encoding}"
                case = table.put(payload, place, encoding, grammar, name)
                group = "attack" if wanted == "block" else "legitimate"
                yield replace(case, wanted=wanted, group=group, kind=kind or file.stem, part="outside")
