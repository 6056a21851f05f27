"""Uploads of a multipart body: its parts that have a file name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def files(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or content.multipart is None else content.multipart.files


def fields(seen: Seen) -> Sequence[Pair]:
    return [(name, name) for name, _ in files(seen)]


def sizes(seen: Seen) -> Sequence[Pair]:
    return [(name, b"%d" % size) for name, size in _sizes(seen)]


def combined_size(seen: Seen) -> tuple[Pair, ...]:
    found = _sizes(seen)
    return ((b"", b"%d" % sum(size for _, size in found)),) if found else ()


def _sizes(seen: Seen) -> Sequence[tuple[bytes, int]]:
    content = seen.content
    return () if content is None or content.multipart is None else content.multipart.sizes


FAMILY = VariableFamily(
    kinds=(
        VariableKind("FILES", "file names that the client gave to its uploads, by field", (Source.FILE,), collection=True),
        VariableKind("FILES_NAMES", "names of the form's fields that are files", (Source.FILE_FIELD,), collection=True),
        VariableKind("FILES_SIZES", "bytes of each upload, by field", (Source.FILE_SIZE,), collection=True),
        VariableKind("FILES_COMBINED_SIZE", "bytes of all uploads", (Source.FILES_SIZE,)),
        VariableKind("FILES_TMP_CONTENT", "the first bytes of each upload, by field", (Source.FILE_CONTENT,), collection=True),
        VariableKind(
            "FILES_TMPNAMES",
            "no values",
            collection=True,
            never="uploads are inspected in memory, and never stand in files",
        ),
    ),
    extractors={Source.FILE: files, Source.FILE_FIELD: fields, Source.FILE_SIZE: sizes, Source.FILES_SIZE: combined_size},
)
