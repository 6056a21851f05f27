"""What compiled actions have in common, and what they act upon."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from edgeguard.waf.seclang.macros import Reference, Template
    from edgeguard.waf.targets.seclang.selection import Exclusion


class Scope(Protocol):
    """The transaction that an action changes; `seclang.machine.Machine` is one."""

    def look(self, reference: Reference) -> bytes:
        """What a macro stands for."""
        ...

    def write(self, collection: str, key: bytes, value: bytes | None) -> None:
        """Set a variable of a collection; None takes it away."""
        ...

    def read(self, collection: str, key: bytes) -> bytes:
        """A variable of a collection; empty where there is none."""
        ...

    def expire(self, collection: str, key: bytes, seconds: int) -> None:
        """Let a variable of a persistent collection end in so many seconds."""
        ...

    def open(self, collection: str, key: bytes) -> None:
        """Make a persistent collection's record the one that its variables are read from."""
        ...

    def remove(self, removal: Removal) -> None:
        """Leave rules, or targets of theirs, out from here on."""
        ...

    def control(self, option: str, value: str) -> None:
        """Change a setting for the rest of the transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Removal:
    """Rules that are left out, by id, tag or message; with `exclusions`, only these values of theirs.

    Attributes:
        ids: inclusive ranges.
        tag, message: text that one of the rule's tags, or its message, contains; empty for none.
    """

    ids: tuple[tuple[int, int], ...] = ()
    tag: str = ""
    message: str = ""
    exclusions: tuple[Exclusion, ...] = ()

    def meets(self, rule_id: int, tags: tuple[str, ...], message: str) -> bool:
        """Whether a rule is meant."""
        if any(first <= rule_id <= last for first, last in self.ids):
            return True
        if self.tag and any(self.tag in tag for tag in tags):
            return True
        return bool(self.message) and self.message in message


@dataclass(frozen=True, slots=True)
class Writes:
    """What an effect may write, for the compiler.

    Attributes:
        collection: in capitals.
        key: the variable's name where it is constant, else what its name certainly begins with.
        exact: whether `key` is the whole name.
    """

    collection: str
    key: bytes
    exact: bool


@dataclass(frozen=True, slots=True)
class Effect:
    """A compiled action.

    Attributes:
        templates: those in it; the compiler settles what is constant.
        writes: None where it writes no variable.
        removal: of rules, where it is one.
    """

    name: str
    templates: tuple[Template, ...] = ()
    writes: Writes | None = None
    removal: Removal | None = None

    def apply(self, scope: Scope) -> None:
        """Do it."""
        raise NotImplementedError
