"""A sanction as octets: of one size for the book in memory, with a checksum, and as JSON for Redis. Nothing here does I/O."""

from __future__ import annotations

import struct
from zlib import crc32

import orjson

from edgeguard.dynamic.model import ACTS, KINDS, Sanction, Subject

SIZE = 288  # octets
_VALUE, _RULE, _REASON, _BY = 72, 48, 72, 32  # octets of texts; what is longer is cut
_FORM = struct.Struct(f"<IBBBBddddIf{_VALUE}s{_RULE}s{_REASON}s{_BY}s")
_SHADOW = 1


def pack(sanction: Sanction) -> bytes:
    """`SIZE` octets."""
    content = _FORM.pack(
        0,
        KINDS.index(sanction.subject.kind),
        ACTS.index(sanction.act),
        _SHADOW if sanction.shadow else 0,
        min(sanction.count, 255),
        sanction.began,
        sanction.until,
        sanction.keep,
        sanction.changed,
        sanction.requests,
        sanction.seconds,
        _octets(sanction.subject.value, _VALUE),
        _octets(sanction.rule, _RULE),
        _octets(sanction.reason, _REASON),
        _octets(sanction.by, _BY),
    ).ljust(SIZE, b"\0")
    return struct.pack("<I", crc32(content[4:])) + content[4:]


def unpack(octets: bytes) -> Sanction | None:
    """What `pack` made; None for what is empty, or was written half."""
    if len(octets) != SIZE or crc32(octets[4:]) != int.from_bytes(octets[:4], "little"):
        return None
    _, kind, act, flags, count, began, until, keep, changed, requests, seconds, *texts = _FORM.unpack_from(octets)
    if kind >= len(KINDS) or act >= len(ACTS):
        return None
    value, rule, reason, by = (text.rstrip(b"\0").decode("utf-8", "replace") for text in texts)
    if not value:
        return None
    return Sanction(
        subject=Subject(KINDS[kind], value),
        act=ACTS[act],
        rule=rule,
        began=began,
        until=until,
        keep=keep,
        count=count,
        changed=changed,
        reason=reason,
        by=by,
        requests=requests,
        seconds=seconds,
        shadow=bool(flags & _SHADOW),
    )


def to_json(sanction: Sanction) -> bytes:
    """One object, in one line."""
    return orjson.dumps(
        {
            "kind": sanction.subject.kind,
            "value": sanction.subject.value,
            "act": sanction.act,
            "rule": sanction.rule,
            "began": sanction.began,
            "until": sanction.until,
            "keep": sanction.keep,
            "count": sanction.count,
            "changed": sanction.changed,
            "reason": sanction.reason,
            "by": sanction.by,
            "requests": sanction.requests,
            "seconds": sanction.seconds,
            "shadow": sanction.shadow,
        }
    )


def from_json(text: bytes) -> Sanction | None:
    """What `to_json` made; None for anything else, such as what a later version wrote."""
    try:
        found = orjson.loads(text)
        subject = Subject(found.pop("kind"), found.pop("value"))
        sanction = Sanction(subject=subject, **found)
        sound = subject.kind in KINDS and sanction.act in ACTS and isinstance(subject.value, str)
        times = (sanction.began, sanction.until, sanction.keep, sanction.changed, sanction.seconds)
        return sanction if sound and all(isinstance(time, int | float) for time in times) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _octets(text: str, most: int) -> bytes:
    return text.encode("utf-8", "replace")[:most].decode("utf-8", "ignore").encode()
