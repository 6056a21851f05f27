"""From what a person hands in to a request that rules can be asked about, and whether the edge itself would take it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.message import Client
from edgeguard.replay.reading import read as read_raw
from edgeguard.waf.explain.curl import from_curl
from edgeguard.waf.explain.event import find_event, from_event
from edgeguard.waf.explain.har import entries_of, from_entry, from_har
from edgeguard.waf.explain.raw import from_raw
from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from edgeguard.config.model import Wire
    from edgeguard.waf.explain.explanation import Refusal
    from edgeguard.waf.explain.given import Given
    from edgeguard.waf.explain.run import Read

_LARGEST = 64 * 1024 * 1024  # bytes of a file of requests


def raw_file(name: str, client: str) -> Given:
    """The request in a file, `-` for standard input: raw, or a command line of curl.

    Raises:
        Refused: it holds neither.
        OSError: it can't be read.
    """
    data = sys.stdin.buffer.read(_LARGEST) if name == "-" else content(Path(name))
    source = "standard input" if name == "-" else name
    if data.lstrip().startswith((b"curl ", b"$ curl ")):
        return curl_line(data.decode("utf-8", "surrogateescape"), client)
    try:
        return from_raw(data, source, client)
    except Refused as error:
        raise Refused(f"{source}: {error}") from None


def curl_line(text: str, client: str) -> Given:
    """The request of a command line of curl, which may name files.

    Raises:
        Refused: it is none.
        OSError: a file that it names can't be read.
    """
    return from_curl(text, lambda name: content(Path(name)), client)


def har_entry(file: Path, number: int | None, client: str) -> Given:
    """An entry of a HAR file, counted from 1.

    Raises:
        Refused: it is no HAR file, or has no such entry; or no number is said where it has several.
        OSError: it can't be read.
    """
    document = har_document(file)
    try:
        count = len(entries_of(document))
        if number is not None or count == 1:
            return from_har(document, number or 1, str(file), client)
    except Refused as error:
        raise Refused(f"{file}: {error}") from None
    raise Refused(f"{file}: it has {count} entries; say which: --entry 1 to {count}")


def har_document(file: Path) -> object:
    """The parsed file.

    Raises:
        Refused: it is no JSON.
        OSError: it can't be read.
    """
    try:
        return json.loads(content(file))
    except ValueError as error:
        raise Refused(f"{file}: this is no JSON, and so no HAR file: {error}") from None


def har_requests(file: Path, client: str) -> list[Given]:
    """All requests of a HAR file; entries without one are left out.

    Raises:
        Refused: it is no HAR file.
        OSError: it can't be read.
    """
    found = []
    try:
        for number, entry in enumerate(entries_of(har_document(file)), start=1):
            found.append(from_entry(entry, f"entry {number}", client))
    except Refused as error:
        raise Refused(f"{file}: {error}") from None
    return found


def event(name: str, log: Path) -> Given:
    """The request that a security event speaks of.

    Raises:
        Refused: there is no such event, or it tells of no request.
        OSError: the log can't be read.
    """
    with log.open("rb") as lines:
        try:
            return from_event(find_event(lines, name))
        except Refused as error:
            raise Refused(f"{log}: {error}") from None


def read(given: Given, wire: Wire | None = None) -> tuple[Read, Refusal | None]:
    """The request as the edge reads it; where the edge refuses it, as a forgiving server would, with the refusal.

    Args:
        given: what was handed in.
        wire: limits of the edge; the usual ones without.
    """
    return read_raw(given.raw, Client(given.client, given.client), wire)


def content(file: Path) -> bytes:
    """What is in a file.

    Raises:
        Refused: it is larger than any file of requests.
        OSError: it can't be read.
    """
    with file.open("rb") as opened:
        data = opened.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise Refused(f"{file}: it has more than {_LARGEST // 1024 // 1024} MB")
    return data
