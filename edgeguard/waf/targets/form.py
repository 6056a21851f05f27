"""Forms: `application/x-www-form-urlencoded` and `multipart/form-data`, with the files of the latter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.form


def names(seen: Seen) -> list[Pair]:
    return [(name, name) for name, _ in values(seen)]


def file_names(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.file_names


def file_contents(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.files


FAMILY = Family(
    extractors={
        Source.FORM_NAME: names,
        Source.FORM_VALUE: values,
        Source.FILE_NAME: file_names,
        Source.FILE_CONTENT: file_contents,
    },
    kinds=(
        Kind("http.request.form.names", (Source.FORM_NAME,), "names of form fields"),
        Kind("http.request.form.values", (Source.FORM_VALUE,), "values of form fields, files left out", keyed=True),
        Kind("http.request.files.names", (Source.FILE_NAME,), "file names that the client gave to its uploads", keyed=True),
        Kind("http.request.files.contents", (Source.FILE_CONTENT,), "the first 16 KiB of each upload", keyed=True),
    ),
)
