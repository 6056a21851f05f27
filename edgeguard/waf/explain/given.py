"""A request that a person hands in, whatever its form, as the bytes that a client would have sent; and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from edgeguard.waf.faults import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Field = tuple[str, str]

CLIENT = "192.0.2.1"  # for documentation (RFC 5737); 127.0.0.1 would meet rules that spare the machine itself


@dataclass(frozen=True, slots=True)
class Told:
    """A match as a security event has it: cut and masked."""

    rule: str
    title: str
    target: str
    value: str
    score: int


@dataclass(frozen=True, slots=True)
class Given:
    """What was handed in.

    Attributes:
        raw: the request as HTTP/1.1.
        source: what a person would call it.
        client: the address it comes from.
        notes: what was changed to make a request of it.
        missing: what it lacks, so that rules may see less than they did; empty for a whole request.
        told: of an event, what matched then.
        outcome: of an event, what came of it then.
    """

    raw: bytes
    source: str
    client: str = CLIENT
    notes: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    told: tuple[Told, ...] = ()
    outcome: str = ""


def written(method: str, url: str, fields: Sequence[Field], body: bytes, *, has_body: bool) -> bytes:
    """A request for an absolute address as a client writes it: Host first, the length of the body last.

    Raises:
        Refused: it is no address of http or https, or a field can't be written.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError as error:
        raise Refused(f"'{url}' is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not host:
        raise Refused(f"'{url}' is no address such as https://cms.example/path")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query or url.partition("#")[0].endswith("?") else "")
    lines = [f"{method} {target} HTTP/1.1"]
    kept = list(_kept(fields))
    if not any(name.lower() == "host" for name, _ in kept):
        lines.append(f"Host: {host}")
    lines += [f"{name}: {value}" for name, value in kept]
    if has_body:
        lines.append(f"Content-Length: {len(body)}")
    if any("\r" in line or "\n" in line for line in lines):
        raise Refused("a field or the address holds a line end, which no client can send")
    return "\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body


def _kept(fields: Iterable[Field]) -> Iterable[Field]:
    """The fields, but for those of HTTP/2 that are no fields, and for the framing, which follows from the body."""
    return ((name, value) for name, value in fields if not name.startswith(":") and name.lower() not in _FRAMING)


_FRAMING = ("content-length", "transfer-encoding")
