"""Which values a SecLang rule looks at: `ARGS|REQUEST_HEADERS:Referer|!ARGS:/^utm_/|&FILES` as something to be asked.

Values come in the order in which the rule names variables, and within one in the order of the request. Names are compared
without regard to case, by selectors and by their patterns alike. An exclusion holds wherever it stands in the list, and for its
own variable only: `!ARGS:id` leaves `ARGS_GET:id` and `ARGS_NAMES:id` alone. A count is not made smaller by names that are left
out, only dropped as a whole, as in ModSecurity 2 and 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from edgeguard.waf.faults import Refused, unknown
from edgeguard.waf.pcre import compile_pcre
from edgeguard.waf.targets.registry import extractor
from edgeguard.waf.targets.seclang.registry import VARIABLES
from edgeguard.waf.targets.sources import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from edgeguard.waf.expression import Span
    from edgeguard.waf.seclang.syntax import Variable
    from edgeguard.waf.seen import Seen
    from edgeguard.waf.targets.family import Extractor
    from edgeguard.waf.targets.seclang.kind import VariableKind
    from edgeguard.waf.targets.sources import Pair

    Supply = Callable[[VariableKind, bytes | None], Sequence[Pair]]
    """The evaluator's answer for a `dynamic` kind: all its values, or at least those of a name in lower case."""


_PLAIN = b"abcdefghijklmnopqrstuvwxyz0123456789_"


def select(pairs: Iterable[Pair], key: bytes) -> list[Pair]:
    """Those of `pairs` that are called `key`, which is in lower case."""
    return [pair for pair in pairs if pair[0].lower() == key]


def kind_of(variable: Variable) -> VariableKind:
    """What is known of the variable that a rule names.

    Raises:
        Refused: nobody knows it, or it takes no selector.
    """
    kind = VARIABLES.get(variable.name)
    if kind is None:
        raise Refused(unknown("variable", variable.name, VARIABLES))
    if variable.selector is not None and not kind.collection:
        raise Refused(f"{kind.name} has one value, and takes no selector")
    return kind


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Values that are left out: of a name, of names in which a pattern occurs, or the whole variable.

    Attributes:
        kind: the variable's name.
        key: in lower case; None without one.
        selector: pattern, XPath or key, to tell one selector from another; None without one.
    """

    kind: str
    key: bytes | None = None
    search: Callable[[bytes], Span | None] | None = None
    selector: str | None = None

    @property
    def whole(self) -> bool:
        return self.selector is None

    def covers(self, name: bytes) -> bool:
        """Whether a value of that name is left out."""
        if self.search is not None:
            return self.search(name) is not None
        return self.key is None or name.lower() == self.key


def exclusion(variable: Variable) -> Exclusion:
    """What `!ARGS:id` in a rule, or `ARGS:id` behind `ctl:ruleRemoveTargetById`, leaves out.

    Raises:
        Refused: nobody knows the variable, it takes no selector, or its pattern is none.
    """
    kind = kind_of(variable)
    return Exclusion(kind.name, _key(variable), _search(variable), _selector(kind, variable))


@dataclass(frozen=True, slots=True)
class Part:
    """One variable of a rule, with what the rule leaves out of it.

    Attributes:
        written: as the rule has it, for the name of a count.
        prefix: what full names begin with, `ARGS:`; the whole name of a variable that has one value.
        extractors: by source; none for `dynamic` kinds.
        key: in lower case; None where all names are looked at, or those with a pattern in them.
        begins: what all names begin with that the pattern occurs in; empty where that can't be told at a glance.
        selector: as exclusions have it.
    """

    kind: VariableKind
    written: bytes
    prefix: bytes
    extractors: tuple[Extractor, ...]
    key: bytes | None
    search: Callable[[bytes], Span | None] | None
    begins: bytes
    selector: str | None
    count: bool
    exclusions: tuple[Exclusion, ...]

    def admits(self, name: bytes) -> bool:
        """Whether a value of that name is looked at, as far as the rule itself says."""
        if self.key is not None:
            if name.lower() != self.key:
                return False
        elif self.search is not None and self.search(name) is None:
            return False
        return not any(left_out.covers(name) for left_out in self.exclusions)

    def is_dropped(self, exclusions: Iterable[Exclusion]) -> bool:
        """Whether the whole of it is left out: by its variable's name, or by the very selector that it has."""
        return any(
            left_out.kind == self.kind.name and (left_out.whole or left_out.selector == self.selector) for left_out in exclusions
        )

    def pairs(self, seen: Seen, supply: Supply, exclusions: Sequence[Exclusion] = ()) -> list[Pair]:
        """The values that are looked at, under their short names."""
        found: Sequence[Pair]
        if self.kind.dynamic:
            found = supply(self.kind, self.key)
        elif len(self.extractors) == 1:
            found = self.extractors[0](seen)
        else:
            found = [pair for take in self.extractors for pair in take(seen)]
        if not self.kind.collection:
            if found or self.kind.otherwise is None:
                return list(found)
            return [(b"", self.kind.otherwise)]
        if self.key is not None:
            found = select(found, self.key)
        elif self.search is not None:
            search, begins = self.search, self.begins
            found = [pair for pair in found if pair[0][: len(begins)].lower() == begins and search(pair[0]) is not None]
        if not self.count:
            for left_out in self.exclusions:
                found = [pair for pair in found if not left_out.covers(pair[0])]
            for left_out in exclusions:
                if left_out.kind == self.kind.name:
                    found = [pair for pair in found if not left_out.covers(pair[0])]
        return list(found)

    def full_name(self, name: bytes) -> bytes:
        """The same as the kind's, sooner."""
        if not self.kind.collection:
            return self.prefix
        return self.prefix + (name.title() if self.kind.fields else name)


class Selection:
    """All that one rule looks at.

    Attributes:
        parts: in the order in which the rule names them; what the rule drops as a whole is not among them.
    """

    __slots__ = ("parts",)

    def __init__(self, variables: Iterable[Variable]) -> None:
        """Bind the variables of a rule.

        Raises:
            Refused: one that nobody knows, a selector where none is taken, or a pattern that is none.
        """
        listed = list(variables)
        left_out = [exclusion(variable) for variable in listed if variable.excluded]
        parts = [_part(variable, left_out) for variable in listed if not variable.excluded]
        self.parts = tuple(part for part in parts if not part.is_dropped(left_out))

    def values(self, seen: Seen, supply: Supply, exclusions: Sequence[Exclusion] = ()) -> Iterator[tuple[bytes, bytes]]:
        """Full name and value of each: `ARGS:id`, `REQUEST_HEADERS:User-Agent`, `REQUEST_URI`; `&ARGS` and a number for a count.

        Args:
            seen: what the transaction has seen so far; lists that are not known yet are empty.
            supply: for variables that live in the evaluation.
            exclusions: what is left out of this rule in this transaction, beside what the rule itself leaves out.
        """
        for part in self.parts:
            if exclusions and part.is_dropped(exclusions):
                continue
            pairs = part.pairs(seen, supply, exclusions)
            if part.count:
                yield part.written, b"%d" % len(pairs)
                continue
            name_of = part.full_name
            for name, value in pairs:
                yield name_of(name), value

    @property
    def notes(self) -> tuple[str, ...]:
        """For who lints: the variables that have no value here, and why."""
        return tuple(f"{part.kind.name}: {part.kind.never}" for part in self.parts if part.kind.never)


def _part(variable: Variable, left_out: list[Exclusion]) -> Part:
    kind = kind_of(variable)
    is_path = kind.sources == (Source.XML,)
    return Part(
        kind=kind,
        written=_octets(str(variable)),
        prefix=kind.full_name(b""),
        extractors=tuple(extractor(source, variable.selector or "") for source in kind.sources),
        key=None if is_path else _key(variable),
        search=None if is_path else _search(variable),
        begins=b"" if is_path or not variable.pattern else literal_start(variable.selector or ""),
        selector=_selector(kind, variable),
        count=variable.count,
        exclusions=tuple(one for one in left_out if one.kind == kind.name and not one.whole and not is_path),
    )


def _key(variable: Variable) -> bytes | None:
    return None if variable.selector is None or variable.pattern else _octets(variable.selector).lower()


def _octets(text: str) -> bytes:
    """A piece of a script as the bytes it was; those that are no UTF-8 stand in it as lone surrogates."""
    return text.encode("utf-8", "surrogateescape")


def _selector(kind: VariableKind, variable: Variable) -> str | None:
    if variable.selector is None or kind.sources == (Source.XML,):
        return variable.selector
    return f"/{variable.selector}/" if variable.pattern else variable.selector.lower()


def _search(variable: Variable) -> Callable[[bytes], Span | None] | None:
    return _compiled(variable.selector) if variable.pattern and variable.selector is not None else None


def literal_start(pattern: str) -> bytes:
    """What every name begins with, in lower case, that a pattern for names occurs in; empty where that is not plain to see."""
    text = _octets(pattern)
    if not text.startswith(b"^") or b"|" in text:
        return b""
    body = text[1:].lower()
    rest = body.lstrip(_PLAIN)
    start = body[: len(body) - len(rest)]
    return start[:-1] if rest[:1] in (b"*", b"?", b"{") else start  # of which there may be none


@lru_cache(maxsize=512)  # rule files name some dozens, and CRS names the same few in a hundred rules
def _compiled(selector: str) -> Callable[[bytes], Span | None]:
    return compile_pcre(b"(?i)" + _octets(selector)).search
