"""What a body held, in the form that targets read. One place for all parsers to put their findings."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from edgeguard.waf.targets.sources import Pair


class Unparsable(ValueError):
    """A body that is not what its type says; the text says why, and holds nothing of the body."""


class Unreadable(Unparsable):
    """A body whose text stays hidden, such as one in an unknown encoding: not even its bytes tell what the origin will read."""


class TooMuch(ValueError):
    """A body that goes beyond `body_depth` or `body_values`."""


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
