"""One file of samples: written once, by one process, from its beginning to its end, and never opened for writing again.

    magic 8 | name of the key 8 | salt 16 | then records: length 4, big-endian | AES-256-GCM of a compressed line, tag included

The nonce of record n is n; the head of the file is authenticated with each record. So records can't be changed, moved, or taken
to another file; only the last ones can be cut off, which is also what a crash leaves behind.
"""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING, Final

from cryptography.exceptions import InvalidTag

from edgeguard.observe.samples.keys import NAME, SALT
from edgeguard.observe.samples.recorded import LINE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from edgeguard.observe.samples.keys import Keys

SUFFIX: Final = ".egsamples"
MAGIC: Final = b"EGSAMPL1"
_HEAD: Final = len(MAGIC) + NAME + SALT
_TAG: Final = 16


class SegmentFault(ValueError):
    """A file can't be read; the text says why."""


class SegmentWriter:
    """Writes one file.

    Attributes:
        size: octets so far.
    """

    __slots__ = ("_cipher", "_count", "_descriptor", "_head", "path", "size")

    def __init__(self, path: Path, keys: Keys) -> None:
        """Make the file.

        Raises:
            OSError: it can't be made, or is there already.
        """
        self.path = path
        name, salt = keys.names[0], os.urandom(SALT)
        cipher = keys.cipher(name, salt)
        assert cipher is not None  # noqa: S101 - the first key is always there
        self._cipher = cipher
        self._count = 0
        self._head = MAGIC + name + salt
        self.size = 0
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        self._write(self._head)

    def sealed(self, line: bytes) -> bytes:
        """A record, to be written next."""
        nonce = self._count.to_bytes(12, "big")
        self._count += 1
        sealed = self._cipher.encrypt(nonce, zlib.compress(line, 1), self._head)
        return len(sealed).to_bytes(4, "big") + sealed

    def write(self, record: bytes) -> None:
        """Write what `sealed` gave.

        Raises:
            OSError: the disk is full, or the like; the file is then to be closed.
        """
        self._write(record)

    @property
    def gone(self) -> bool:
        """Whether someone has removed the file."""
        return os.fstat(self._descriptor).st_nlink == 0

    def close(self) -> None:
        """Write no more."""
        os.close(self._descriptor)

    def _write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            written = os.write(self._descriptor, view)
            self.size += written
            view = view[written:]


def read_segment(path: Path, keys: Keys) -> Iterator[bytes]:
    """The lines of a file.

    Raises:
        SegmentFault: it is none, its key is not there, or it was changed. What was read before is sound.
        OSError: it can't be read.
    """
    with path.open("rb") as file:
        head = file.read(_HEAD)
        if len(head) < _HEAD and MAGIC.startswith(head[: len(MAGIC)]):
            return  # a crash left no more
        if not head.startswith(MAGIC):
            raise SegmentFault(f"{path}: this is no file of samples")
        name = head[len(MAGIC) : len(MAGIC) + NAME]
        cipher = keys.cipher(name, head[len(MAGIC) + NAME :])
        if cipher is None:
            raise SegmentFault(f"{path}: it was encrypted with key {name.hex()}, which the key file does not have")
        count = 0
        while len(length := file.read(4)) == 4:
            size = int.from_bytes(length, "big")
            if not _TAG < size <= LINE:
                raise SegmentFault(f"{path}: record {count + 1} is damaged")
            sealed = file.read(size)
            if len(sealed) < size:
                return
            try:
                packed = cipher.decrypt(count.to_bytes(12, "big"), sealed, head)
            except InvalidTag:
                raise SegmentFault(f"{path}: record {count + 1} was changed, or is damaged") from None
            count += 1
            yield zlib.decompressobj().decompress(packed, LINE)
