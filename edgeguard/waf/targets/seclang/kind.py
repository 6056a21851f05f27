"""What is known of a SecLang variable before any request: its lists, whether it takes a selector, and when it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.waf.phase import Phase

if TYPE_CHECKING:
    from edgeguard.waf.targets.family import Extractor
    from edgeguard.waf.targets.sources import Source


@dataclass(frozen=True, slots=True)
class VariableKind:
    """A variable.

    Attributes:
        name: in capitals.
        says: one line for the rule reference.
        sources: the lists it is made of, in order; none where it is `dynamic`, or has no value ever.
        collection: takes a selector, `ARGS:id`; else it has one value.
        dynamic: it lives in the evaluation, which supplies it.
        unsettled: its lists change as rules and phases go on, so that the gate must not be asked of them beforehand.
        otherwise: of one that is no collection, its value where its lists have none; None where it has no value then.
        fields: its keys are names of header fields, shown as `User-Agent`.
        never: why it has no value here, for who lints rules that name it; empty for those that work.
    """

    name: str
    says: str
    sources: tuple[Source, ...] = ()
    collection: bool = False
    dynamic: bool = False
    unsettled: bool = False
    otherwise: bytes | None = b""
    fields: bool = False
    never: str = ""

    @property
    def phase(self) -> Phase:
        """From when on something of it is known."""
        return min((source.phase for source in self.sources), default=Phase.REQUEST_HEAD)

    def full_name(self, key: bytes) -> bytes:
        """What messages and MATCHED_VAR_NAME call a value: `ARGS:id`, `REQUEST_HEADERS:User-Agent`, `REQUEST_URI`."""
        if not self.collection:
            return self.name.encode()
        return b"%s:%s" % (self.name.encode(), key.title() if self.fields else key)


@dataclass(frozen=True, slots=True)
class VariableFamily:
    """Some variables, and the extractors of the sources that are this family's own."""

    kinds: tuple[VariableKind, ...]
    extractors: dict[Source, Extractor]
