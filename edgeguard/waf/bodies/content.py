"""What a body held, in the form that targets read. One place for all parsers to put their findings.

What only one of the two rule languages asks for (flags of multipart, paths of JSON) is derived when it is first asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from edgeguard.waf.bodies.json_text import JsonDocument
    from edgeguard.waf.detectors.active_html import Hosts
    from edgeguard.waf.editorial.separate import ContentField
    from edgeguard.waf.targets.sources import Pair


_NO_HOSTS: Hosts = (frozenset(), ())


class Unparsable(ValueError):
    """A body that is not what its type says; the text says why, and holds nothing of the body."""


class Unreadable(Unparsable):
    """A body whose text stays hidden, such as one in an unknown encoding: not even its bytes tell what the origin will read."""


class TooMuch(ValueError):
    """A body that goes beyond `body_depth` or `body_values`."""


class TooMany(TooMuch):
    """A body that goes beyond `body_values`: what stands behind that many is not looked at as values."""


class Document(Protocol):
    """A parsed XML document."""

    def values(self, path: str, namespaces: Mapping[str, str] | None = None) -> list[bytes]:
        """What an XPath expression selects, each result as text; empty where the expression is none."""
        ...

    def pairs(self) -> list[Pair]:
        """Text and attributes, each with where it stands: `feed.entry.title`, `feed.entry.link@href`."""
        ...


@dataclass(slots=True)
class Multipart:
    """What a multipart body looked like, beside its fields; what SecLang's MULTIPART_* variables tell, 0 or 1 each unless said.

    Attributes:
        part_headers: name of the part, and each line of its head, as `Content-Disposition: form-data; name="a"`.
        names: of each part, file parts included, as `name` says.
        file_names: of each file part, as `filename` says. An empty one makes no file of a part.
        files: name and file name of each file part, what SecLang calls FILES.
        sizes: bytes of each file part, with its name.
        contents: of file parts, their first bytes, with their names.
        error: why it could not be read to its end; empty where it could.
        unmatched_boundary: 1 where the last line that looks like a boundary is none; 2 where it is one, and not the first.
        strict_error: 1 where there is an error, or any of the flags but `unmatched_boundary` and `crlf_lf_lines` is raised.
    """

    part_headers: list[Pair] = field(default_factory=list)
    names: list[bytes] = field(default_factory=list)
    file_names: list[bytes] = field(default_factory=list)
    files: list[Pair] = field(default_factory=list)
    sizes: list[tuple[bytes, int]] = field(default_factory=list)
    contents: list[Pair] = field(default_factory=list)
    error: str = ""
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


class Content:
    """A parsed body.

    Attributes:
        raw: as sent, decompressed.
        form: names and values of a form, file parts left out.
        file_names: field names and the client's file names.
        files: field names and the first bytes of uploads.
        text: the body as a whole, or the strings that could be made out, where no parser took it.
        fault: `` where all is well, `unparsable`, or `too-much`.
        detail: why, for the event.
        hidden: it is faulty in a way that leaves something which nobody looks at.
        by_type: its type or charset is what is wrong, and not the body, which was read as what the type seems to mean.
        cut: decompressed, it was longer than what is inspected.
        processor: what reads it, as SecLang's REQBODY_PROCESSOR names it: `URLENCODED`, `MULTIPART`, `JSON`, `XML`, or empty.
        json: of a body that is JSON, or looks like it.
        xml: of an XML body; of a broken one, as much as could be made out.
        later: reads a multipart body as `multipart` tells it.
        plain: its bytes were read as they are, in UTF-8.
        embeds: hosts whose scripts are no finding in what an editor wrote.
        fields: what an editor wrote, which stands in none of the lists above; see `editorial`.
        graphql: documents of GraphQL that were taken apart, of which literals and comments stand in a list of their own.
        refusal: what of a GraphQL request is too much; empty for nothing.
        cost: of all documents of a GraphQL request.
        without: gives `raw` without these; None where there are none.
    """

    __slots__ = (
        "_multipart", "_visible", "by_type", "cost", "cut", "detail", "embeds", "fault", "fields", "file_names", "files", "form",
        "graphql", "hidden", "json", "later", "plain", "processor", "raw", "refusal", "text", "without", "xml",
    )  # fmt: skip

    def __init__(self, raw: bytes = b"") -> None:
        self.raw = raw
        self.form: list[Pair] = []
        self.file_names: list[Pair] = []
        self.files: list[Pair] = []
        self.text: list[Pair] = []
        self.fault = ""
        self.detail = ""
        self.hidden = False
        self.by_type = False
        self.cut = False
        self.processor = ""
        self.json: JsonDocument | None = None
        self.xml: Document | None = None
        self.later: Callable[[], Multipart] | None = None
        self._multipart: Multipart | None = None
        self.plain = True
        self.fields: list[ContentField] = []
        self.embeds: Hosts = _NO_HOSTS
        self.graphql: list[bytes] = []
        self.refusal = ""
        self.cost = 0
        self.without: Callable[[], bytes] | None = None
        self._visible: bytes | None = None

    @property
    def visible(self) -> bytes:
        """The body as rules see it: without what an editor wrote."""
        if self.without is None:
            return self.raw
        if self._visible is None:
            self._visible = self.without()
        return self._visible

    @property
    def json_fields(self) -> list[ContentField]:
        """Of `fields`, those that came out of JSON."""
        return self.fields if self.processor == "JSON" else []

    @property
    def form_fields(self) -> list[Pair]:
        """Of `fields`, those that came out of a form: names and values."""
        return [] if self.processor == "JSON" else [(field.path, field.value) for field in self.fields]

    @property
    def json_keys(self) -> list[Pair]:
        """Keys, each with itself as its name."""
        return [] if self.json is None else self.json.keys()

    @property
    def json_values(self) -> list[Pair]:
        """Paths and scalars."""
        return [] if self.json is None else self.json.values()

    @property
    def json_arguments(self) -> list[Pair]:
        """Scalars under the names that ModSecurity gives them, such as `json.items.array_0.title`."""
        return [] if self.json is None else self.json.arguments()

    @property
    def xml_values(self) -> list[Pair]:
        """Text and attributes of XML by place, such as `feed.entry.link@href`."""
        return [] if self.xml is None else self.xml.pairs()

    @property
    def multipart(self) -> Multipart | None:
        """Flags and heads of a multipart body; None of any other."""
        if self._multipart is None and self.later is not None:
            self._multipart = self.later()
        return self._multipart

    @property
    def arguments(self) -> list[Pair]:
        """What the processor takes for arguments, as SecLang has them; of faulty JSON, all strings in it, too."""
        if self.processor == "JSON":
            if self.json is not None and not self.fault:
                return self.json_arguments
            return self.json_arguments + [(b"json", text) for _, text in self.text[1:]]
        return self.form if self.processor in ("URLENCODED", "MULTIPART") else []

    @property
    def error(self) -> str:
        """Why the processor failed, as SecLang's REQBODY_ERROR_MSG has it: REQBODY_ERROR is 1 where there is a text.

        It is not `detail` for multipart, where more is refused than ModSecurity refuses, and empty where only the type is odd.
        """
        if self.by_type:
            return ""
        return self.detail if (multipart := self.multipart) is None else multipart.error
