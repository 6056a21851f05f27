"""A stored response as bytes for Redis: a version, a checksum, fixed numbers, then fields with their lengths before them.

    version 1 | crc32 4 | status 2, shared 1, names 1, fields 2, body 4, four times 8 each | names | fields | body

Whatever is read back is distrusted: what is cut, garbled, or would break a response when sent is no entry.
"""

from __future__ import annotations

import struct
from zlib import crc32

from edgeguard.cache.policy import STATUSES
from edgeguard.cache.stored import Stored, Times
from edgeguard.cache.vary import MOST_NAMES

VERSION = 1
_PREFIX = struct.Struct(">BI")
_NUMBERS = struct.Struct(">HBBHIdddd")
_FIELD = struct.Struct(">HI")
_SHORT = struct.Struct(">H")
_MOST_FIELDS = 1000  # ten times what the wire lets a client send
_EARLIEST, _LATEST = -1e10, 1e11  # seconds since the epoch: the years 1653 and 5138; a NaN lies in no range
_BREAKING = b"\r\n\0"


class Garbled(ValueError):
    """The bytes are no entry of this version."""


def encode(stored: Stored) -> bytes:
    """The bytes of an entry; its generation is not in them.

    Raises:
        ValueError: it has more fields, or longer ones, than the format holds.
    """
    if len(stored.fields) > _MOST_FIELDS:
        raise ValueError("too many fields")
    try:
        parts = [
            _NUMBERS.pack(stored.status, stored.shared, len(stored.vary), len(stored.fields), len(stored.body), *stored.times)
        ]
        for name in stored.vary:
            parts += (_SHORT.pack(len(name)), name)
        for name, value in stored.fields:
            parts += (_FIELD.pack(len(name), len(value)), name, value)
    except struct.error as error:
        raise ValueError("a field is too long") from error
    parts.append(stored.body)
    content = b"".join(parts)
    return _PREFIX.pack(VERSION, crc32(content)) + content


def decode(data: bytes, generation: bytes = b"") -> Stored:
    """The entry in `data`.

    Raises:
        Garbled: it is none.
    """
    try:
        version, checksum = _PREFIX.unpack_from(data)
        if version != VERSION or crc32(memoryview(data)[_PREFIX.size :]) != checksum:
            raise Garbled("another version, or a wrong checksum")
        return _decode(data, generation)
    except (struct.error, IndexError) as error:
        raise Garbled("cut short") from error


def _decode(data: bytes, generation: bytes) -> Stored:
    status, shared, names, fields_count, body_length, *times = _NUMBERS.unpack_from(data, _PREFIX.size)
    if (
        status not in STATUSES
        or names > MOST_NAMES
        or fields_count > _MOST_FIELDS
        or not all(_EARLIEST < time < _LATEST for time in times)
    ):
        raise Garbled("a number is out of range")
    place = _PREFIX.size + _NUMBERS.size
    vary = []
    for _ in range(names):
        (length,) = _SHORT.unpack_from(data, place)
        place += _SHORT.size
        vary.append(_safe(data[place : place + length], length))
        place += length
    fields = []
    for _ in range(fields_count):
        name_length, value_length = _FIELD.unpack_from(data, place)
        middle = place + _FIELD.size + name_length
        place, begin = middle + value_length, place + _FIELD.size
        fields.append((_safe(data[begin:middle], name_length), _safe(data[middle:place], value_length)))
    body = data[place:]
    if len(body) != body_length or any(not name for name, _ in fields):
        raise Garbled("the lengths do not add up")
    return Stored(status, tuple(fields), body, Times(*times), shared=bool(shared), vary=tuple(vary), generation=generation)


def _safe(piece: bytes, length: int) -> bytes:
    if len(piece) != length:
        raise Garbled("cut short")
    if any(octet in piece for octet in _BREAKING):
        raise Garbled("a field would end early")
    return piece
