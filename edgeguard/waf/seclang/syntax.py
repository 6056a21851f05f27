"""What a SecLang script says, as plain values: made by the reader, taken by the compiler. Nothing here knows a request."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

EngineMode = Literal["on", "off", "detection_only"]
LimitAction = Literal["reject", "process_partial"]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands; lines are counted from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True, slots=True)
class Variable:
    """One of the variables that a rule looks at: `&ARGS`, `REQUEST_HEADERS:User-Agent`, `!ARGS:/^utm_/`, `XML:/*`.

    Attributes:
        name: in capitals.
        selector: what stands behind the colon, quotes and slashes taken off; None where there is none. XPath for `XML`.
        pattern: True where the selector is a regular expression, written between slashes.
        count: True where the number of values is asked for (`&`).
        excluded: True where these values are left out (`!`).
    """

    name: str
    selector: str | None = None
    pattern: bool = False
    count: bool = False
    excluded: bool = False

    def __str__(self) -> str:
        text = ("!" if self.excluded else "") + ("&" if self.count else "") + self.name
        if self.selector is None:
            return text
        return f"{text}:/{self.selector}/" if self.pattern else f"{text}:{self.selector}"


@dataclass(frozen=True, slots=True)
class Operation:
    """`"!@rx ^a"`. `name` in lower case without `@`; `argument` as written, macros such as `%{tx.foo}` unexpanded."""

    name: str
    argument: str = ""
    negated: bool = False

    def __str__(self) -> str:
        return f"{'!' if self.negated else ''}@{self.name} {self.argument}".rstrip()


@dataclass(frozen=True, slots=True)
class Action:
    """`setvar:'tx.a=+1'`. `name` in lower case, `argument` without its quotes; None where there is no colon."""

    name: str
    argument: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """One SecRule or SecAction: a rule of its own, or one of a chain.

    Attributes:
        variables: empty for a SecAction, which always holds.
        operation: None for a SecAction.
        transformations: names in lower case, in order; `t:none` and defaults are settled already.
        actions: what is done when this link holds, in the order written: `setvar`, `ctl`, `initcol`, `expirevar`, `setuid`, … .
            Metadata, transformations, flow and disruptive actions are not among them.
        capture: puts what matched into TX:0 to TX:9.
        multi_match: asks the operator before the first and after each transformation that changes the value.
    """

    place: Place
    variables: tuple[Variable, ...] = ()
    operation: Operation | None = None
    transformations: tuple[str, ...] = ()
    actions: tuple[Action, ...] = ()
    capture: bool = False
    multi_match: bool = False


@dataclass(frozen=True, slots=True)
class SecRule:
    """A rule with all that was said about it, defaults and updates applied.

    Attributes:
        id: as written, 1 or more.
        phase: 1 to 5.
        links: one, or a whole chain.
        disruptive: `deny`, `drop`, `redirect`, `allow` or `pass`, with its argument; `block`, or saying nothing, is resolved by
            SecDefaultAction.
        status: of a blocking action; None where nothing is said.
        skip: how many rules are skipped after a match; 0 for none.
        skip_after: the marker behind which the phase goes on after a match; empty for none.
        severity: 0 (emergency) to 7 (debug); None where nothing is said.
        message, logdata: macros unexpanded.
        log: whether a match is told at all.
    """

    id: int
    phase: int
    links: tuple[Link, ...]
    place: Place
    disruptive: Action = Action("pass")
    status: int | None = None
    skip: int = 0
    skip_after: str = ""
    severity: int | None = None
    message: str = ""
    logdata: str = ""
    tags: tuple[str, ...] = ()
    version: str = ""
    revision: str = ""
    log: bool = True
    audit_log: bool = True


@dataclass(frozen=True, slots=True)
class Marker:
    """SecMarker."""

    name: str
    place: Place


@dataclass(slots=True)
class Configuration:
    """Directives that are no rules, at ModSecurity's defaults until a script says otherwise. Sizes in bytes, times in seconds.

    Attributes:
        upload_file_limit: how many files a multipart body may have until MULTIPART_FILE_LIMIT_EXCEEDED is set.
        unicode_map_file, geo_database: paths; relative ones are as seen from the folder of the file that names them.
    """

    rule_engine: EngineMode = "on"
    request_body_access: bool = True
    request_body_limit: int = 134_217_728
    request_body_no_files_limit: int = 1_048_576
    request_body_limit_action: LimitAction = "reject"
    request_body_json_depth_limit: int = 10_000
    response_body_access: bool = False
    response_body_mime_types: tuple[str, ...] = ("text/plain", "text/html")
    response_body_limit: int = 524_288
    response_body_limit_action: LimitAction = "reject"
    arguments_limit: int = 1000
    argument_separator: str = "&"
    cookie_format: int = 0
    collection_timeout: int = 3600
    upload_file_limit: int = 100
    component_signatures: list[str] = field(default_factory=list)
    unicode_map_file: str = ""
    unicode_code_page: int = 20127
    xml_external_entity: bool = False
    geo_database: str = ""
    web_app_id: str = "default"


@dataclass(frozen=True, slots=True)
class Note:
    """Something that was accepted, and has no effect here; told by `rules lint`."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True)
class Program:
    """All scripts together.

    Bytes of a script that are no UTF-8 are lone surrogates: `text.encode("utf-8", "surrogateescape")` gives them back.

    Attributes:
        items: in the order in which they were read, removals and updates applied.
        folders: by a place's file, the folder from which relative names of data files are taken; empty where there is none.
    """

    items: tuple[SecRule | Marker, ...]
    configuration: Configuration
    notes: tuple[Note, ...] = ()
    folders: Mapping[str, str] = field(default_factory=dict)
