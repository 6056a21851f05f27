"""What a multipart body looked like beside its values: its parts' heads, and the marks of those that readers differ on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.targets.seclang.kind import VariableFamily, VariableKind
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.family import Extractor
    from edgeguard.waf.targets.sources import Pair

_FLAGS = (
    ("MULTIPART_BOUNDARY_QUOTED", "boundary_quoted", "the boundary is quoted"),
    ("MULTIPART_BOUNDARY_WHITESPACE", "boundary_whitespace", "the boundary holds white space"),
    ("MULTIPART_CRLF_LF_LINES", "crlf_lf_lines", "lines end in CR LF here and LF there"),
    ("MULTIPART_DATA_AFTER", "data_after", "something follows the last boundary"),
    ("MULTIPART_DATA_BEFORE", "data_before", "something stands before the first boundary"),
    ("MULTIPART_FILE_LIMIT_EXCEEDED", "file_limit_exceeded", "there are more files than are taken"),
    ("MULTIPART_HEADER_FOLDING", "header_folding", "a part's field goes on in a second line"),
    ("MULTIPART_INVALID_HEADER_FOLDING", "invalid_header_folding", "a part's field goes on in a way that nobody defined"),
    ("MULTIPART_INVALID_PART", "invalid_part", "a part has no head that can be read"),
    ("MULTIPART_INVALID_QUOTING", "invalid_quoting", "a name stands in quotes that nobody defined"),
    ("MULTIPART_LF_LINE", "lf_line", "a line ends in LF alone"),
    ("MULTIPART_MISSING_SEMICOLON", "missing_semicolon", "a semicolon lacks before a parameter of the content type"),
    ("MULTIPART_SEMICOLON_MISSING", "missing_semicolon", "the same is the case, by an older name"),
    ("MULTIPART_STRICT_ERROR", "strict_error", "any of the others is set that readers differ on"),
    ("MULTIPART_UNMATCHED_BOUNDARY", "unmatched_boundary", "something looks like a boundary and is none"),
)


def part_headers(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or content.multipart is None else content.multipart.part_headers


def names(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or content.multipart is None else [(name, name) for name in content.multipart.names]


def file_names(seen: Seen) -> Sequence[Pair]:
    content = seen.content
    return () if content is None or content.multipart is None else [(name, name) for name in content.multipart.file_names]


def _flag(attribute: str) -> Extractor:
    def take(seen: Seen) -> tuple[Pair, ...]:
        content = seen.content
        multipart = None if content is None else content.multipart
        return () if multipart is None else ((b"", b"%d" % getattr(multipart, attribute)),)

    return take


def _source(name: str) -> Source:
    return Source("MULTIPART_MISSING_SEMICOLON" if name == "MULTIPART_SEMICOLON_MISSING" else name)


FAMILY = VariableFamily(
    kinds=(
        VariableKind("MULTIPART_NAME", "`name` of each part", (Source.PART_NAME,), collection=True),
        VariableKind("MULTIPART_FILENAME", "`filename` of each part that is a file", (Source.PART_FILE_NAME,), collection=True),
        VariableKind(
            "MULTIPART_PART_HEADERS", "each line of each part's head, by the part's name", (Source.PART_HEADER,), collection=True
        ),
        *(VariableKind(name, f"1 where {says}, else 0", (_source(name),), otherwise=b"0") for name, _, says in _FLAGS),
    ),
    extractors={
        Source.PART_NAME: names,
        Source.PART_FILE_NAME: file_names,
        Source.PART_HEADER: part_headers,
        **{_source(name): _flag(attribute) for name, attribute, _ in _FLAGS},
    },
)
