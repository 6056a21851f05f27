"""Forms: `application/x-www-form-urlencoded` and `multipart/form-data`, with the files of the latter.

A body whose type names no parser is read as a form where it looks like one; those values are a list of their own, for SecLang,
which looks at what was declared, does not see them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.family import Family, Kind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.sources import Pair


def values(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return content.form if content is not None and content.processor else ()


def names(seen: Seen) -> Sequence[Pair]:
    pairs = seen.form_names
    if pairs is None:
        found = values(seen)
        withheld = seen.content.form_fields if seen.content is not None else ()  # what an editor wrote is not among the values
        if not found and not withheld:
            return ()
        pairs = seen.form_names = [(name, name) for name, _ in (*found, *withheld)]
    return pairs


def guessed_values(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return content.form if content is not None and not content.processor else ()


def guessed_names(seen: Seen) -> list[Pair]:
    return [(name, name) for name, _ in guessed_values(seen)]


def file_names(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.file_names


def file_contents(seen: Seen) -> Sequence[Pair]:
    return () if seen.content is None else seen.content.files


FAMILY = Family(
    extractors={
        Source.FORM_NAME: names,
        Source.FORM_VALUE: values,
        Source.GUESSED_FORM_NAME: guessed_names,
        Source.GUESSED_FORM_VALUE: guessed_values,
        Source.FILE_NAME: file_names,
        Source.FILE_CONTENT: file_contents,
    },
    kinds=(
        Kind("http.request.form.names", (Source.FORM_NAME, Source.GUESSED_FORM_NAME), "names of form fields"),
        Kind(
            "http.request.form.values",
            (Source.FORM_VALUE, Source.GUESSED_FORM_VALUE),
            "values of form fields, files left out",
            keyed=True,
        ),
        Kind("http.request.files.names", (Source.FILE_NAME,), "file names that the client gave to its uploads", keyed=True),
        Kind(
            "http.request.multipart.headers",
            (Source.PART_HEADER,),
            "lines of the heads of a multipart body's parts, by the part's name",
            keyed=True,
        ),
        Kind("http.request.files.contents", (Source.FILE_CONTENT,), "the first 16 KiB of each upload", keyed=True),
    ),
)
