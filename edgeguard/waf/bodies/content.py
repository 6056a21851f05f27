"""What a body held, in the form that targets read. One place for all parsers to put their findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edgeguard.waf.targets.sources import Pair


class Unparsable(ValueError):
    """A body that is not what its type says; the text says why, and holds nothing of the body."""


class Unreadable(Unparsable):
    """A body whose text stays hidden, such as one in an unknown encoding: not even its bytes tell what the origin will read."""


class TooMuch(ValueError):
    """A body that goes beyond `body_depth` or `body_values`."""


class Document(Protocol):
    """A parsed XML document."""

    def values(self, path: str) -> list[bytes]:
        """What an XPath expression selects, each result as text; empty where the expression is none."""
        ...


@dataclass(slots=True)
class Multipart:
    """What a multipart body looked like, beside its fields; what SecLang's MULTIPART_* variables tell, 0 or 1 each unless said.

    Attributes:
        part_headers: name of the part, and each line of its head, as `Content-Disposition: form-data; name="a"`.
        names: of each part, file parts included, as `name` says.
        file_names: of each file part, as `filename` says.
        sizes: bytes of each file part, with its name.
        contents: of file parts, their first bytes, with their names.
    """

    part_headers: list[Pair] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    file_names: list[bytes] = field(default_factory=list)
    sizes: list[tuple[bytes, int]] = field(default_factory=list)
    contents: list[Pair] = field(default_factory=list)
    boundary_quoted: int = 0
    boundary_whitespace: int = 0
    data_before: int = 0
    data_after: int = 0
    header_folding: int = 0
    lf_line: int = 0
    crlf_lf_lines: int = 0
    missing_semicolon: int = 0
    invalid_quoting: int = 0
    invalid_part: int = 0
    invalid_header_folding: int = 0
    file_limit_exceeded: int = 0
    unmatched_boundary: int = 0
    strict_error: int = 0


@dataclass(slots=True)
class Content:
    """A parsed body.

    Attributes:
        raw: as sent, decompressed.
        form: names and values of a form, file parts left out.
        file_names: field names and the client's file names.
        files: field names and the first bytes of uploads.
        json_keys: keys, each with itself as its name.
        json_values: paths and scalars.
        text: the body as a whole, or the strings that could be made out, where no parser took it.
        fault: `` where all is well, `unparsable`, or `too-much`.
        detail: why, for the event.
        hidden: it is unparsable in a way that leaves nothing to inspect.
        cut: decompressed, it was longer than what is inspected.
        processor: what read it, as SecLang's REQBODY_PROCESSOR names it: `URLENCODED`, `MULTIPART`, `JSON`, `XML`, or empty.
        json_arguments: scalars under the names that ModSecurity gives them, such as `json.items.0.title`.
        multipart: of a multipart body.
        xml: of an XML body.
    """

    raw: bytes = b""
    form: list[Pair] = field(default_factory=list)
    file_names: list[Pair] = field(default_factory=list)
    files: list[Pair] = field(default_factory=list)
    json_keys: list[Pair] = field(default_factory=list)
    json_values: list[Pair] = field(default_factory=list)
    text: list[Pair] = field(default_factory=list)
    fault: str = ""
    detail: str = ""
    hidden: bool = False
    cut: bool = False
    processor: str = ""
    json_arguments: list[Pair] = field(default_factory=list)
    multipart: Multipart | None = None
    xml: Document | None = None
