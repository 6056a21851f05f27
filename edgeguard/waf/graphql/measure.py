"""How much a GraphQL document asks for: operations, levels, aliases, directives, introspection, and a cost.

One pass over its words, and one over how its fragments use each other; both linear. This is no validator: whatever a server
would refuse may be measured somehow. But a document whose braces don't fit, or whose fragments hold themselves, is refused.

The cost is the number of fields, each times the `first`, `limit` and the like of all fields that it stands in.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from edgeguard.waf.targets.graphql import parts_of

if TYPE_CHECKING:
    from collections.abc import Mapping

MOST = 10**12
"""Where counting ends: fragments that hold fragments multiply."""

_MARKS = b"{}()[]:!$@=|&"
_ALL = _MARKS + b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.,+- \t\r\n\xef\xbb\xbf"
"""What may stand outside of strings and comments; the last three are a byte order mark."""
_SPREAD = b"..."
_OPERATIONS = frozenset((b"query", b"mutation", b"subscription"))
_MANY = frozenset(b"first last limit take top count size perpage per_page pagesize page_size firstn maxresults".split())
_META = frozenset((b"__schema", b"__type"))
_OPENS, _CLOSES = frozenset((b"(", b"[", b"{")), frozenset((b")", b"]", b"}"))


class NoDocument(ValueError):
    """It is no executable document, or one that holds itself."""


@dataclass(slots=True)
class Measure:
    """Of a document, or a part of it."""

    depth: int = 0
    aliases: int = 0
    cost: int = 0
    directives: int = 0
    introspects: bool = False
    operations: int = 0
    mutates: bool = False
    only_mutations: bool = True


@dataclass(slots=True)
class _Definition:
    """An operation or a fragment: what stands in itself, and which fragments it opens, each with level and factor."""

    own: Measure = field(default_factory=Measure)
    spreads: list[tuple[bytes, int, int]] = field(default_factory=list)


def measure(document: bytes, variables: Mapping[str, int] | None = None) -> Measure:
    """What `document` asks for.

    Args:
        document: as sent.
        variables: those that are whole numbers.

    Raises:
        NoDocument: see there.
    """
    reader = _Reader(_words(document), variables or {})
    reader.run()
    totals = _fragments(reader.fragments)
    whole = Measure(operations=len(reader.operations))
    for kind, definition in reader.operations:
        found = _total(definition, totals)
        whole.depth = max(whole.depth, found.depth)
        whole.aliases = min(MOST, whole.aliases + found.aliases)
        whole.cost = min(MOST, whole.cost + found.cost)
        whole.directives = min(MOST, whole.directives + found.directives)
        whole.introspects |= found.introspects
        whole.mutates |= kind == b"mutation"
        whole.only_mutations &= kind == b"mutation"
    return whole


def _words(document: bytes) -> list[bytes]:
    """Names, numbers and marks; a string is a word `"`, comments and commas are none."""
    code, literals, _ = parts_of(document)
    if b"".join(code).translate(None, _ALL):
        raise NoDocument("characters that GraphQL has outside of strings only")
    text = (
        b"".join(piece + (b' " ' if at < len(literals) and literals[at] else b" ") for at, piece in enumerate(code))
        .replace(b",", b" ")
        .replace(_SPREAD, b" ... ")
    )
    for mark in _MARKS:
        octet = bytes((mark,))
        text = text.replace(octet, b" " + octet + b" ")
    return text.removeprefix(b"\xef\xbb\xbf").split()


class _Reader:
    """Definitions, one after the other."""

    __slots__ = ("_ahead", "_at", "_defaults", "_size", "_variables", "_words", "fragments", "operations")

    def __init__(self, words: list[bytes], variables: Mapping[str, int]) -> None:
        self._words = words
        self._size = len(words)
        self._at = 0
        self._variables = {name.encode("utf-8", "surrogatepass"): number for name, number in variables.items()}
        self._defaults: dict[bytes, int] = {}
        self._ahead = 0  # directives between the name of an operation and its selection
        self.operations: list[tuple[bytes, _Definition]] = []
        self.fragments: dict[bytes, _Definition] = {}

    def run(self) -> None:
        while self._at < self._size:
            word = self._words[self._at]
            if word == b"{":
                self.operations.append((b"query", self._selection()))
            elif word in _OPERATIONS:
                self._at += 1
                self._skip_to_brace()
                self.operations.append((word, self._selection()))
            elif word == b"fragment" and self._at + 1 < self._size:
                name = self._words[self._at + 1]
                self._at += 2
                self._skip_to_brace()
                definition = self._selection()
                if self.fragments.setdefault(name, definition) is not definition:
                    raise NoDocument("two fragments have one name")
            else:
                raise NoDocument("something else than operations and fragments")
        if not self.operations:
            raise NoDocument("no operation")

    def _skip_to_brace(self) -> None:
        """Over a name, variables and directives, to the selection."""
        while self._at < self._size:
            word = self._words[self._at]
            if word == b"{":
                return
            if word == b"(":
                self._parenthesis(variables=True)
            elif word in _CLOSES:
                break
            elif word == b"@":
                self._ahead += 1
                self._at += 1
            else:
                self._at += 1
        raise NoDocument("no selection")

    def _selection(self) -> _Definition:
        """From the brace at hand to the one that closes it."""
        made = _Definition()
        own = made.own
        own.directives, self._ahead = self._ahead, 0
        words, size = self._words, self._size
        here: set[bytes] = set()
        stack: list[tuple[int, int, set[bytes]]] = [(1, 1, here)]  # the level of fields here, the factor, names in the answer
        self._at += 1
        factor_below = 1
        level, factor = 1, 1
        below = 2
        while self._at < size:
            word = words[self._at]
            if word == b"}":
                stack.pop()
                self._at += 1
                if not stack:
                    return made
                level, factor, here = stack[-1]
            elif word == b"{":
                stack.append((below, factor_below, set()))
                level, factor, here = stack[-1]
                self._at += 1
            elif word == _SPREAD:
                self._spread(made, level, factor)
                below, factor_below = level, factor
            elif word == b"(":
                factor_below = min(MOST, factor * self._parenthesis())
            elif word == b"@":
                own.directives += 1
                self._at += 2
                if self._at < size and words[self._at] == b"(":
                    self._parenthesis()
            elif word in _CLOSES or word in _OPENS or word == b":":
                raise NoDocument("a mark where none may stand")
            else:
                is_alias = self._at + 1 < size and words[self._at + 1] == b":"
                if is_alias or word in here:  # what is asked for again is as good as one
                    own.aliases += 1
                here.add(word)
                if is_alias:
                    self._at += 2
                    word = words[self._at] if self._at < size else b""
                own.introspects |= word in _META
                own.cost = min(MOST, own.cost + factor)
                own.depth = max(own.depth, level)
                below, factor_below = level + 1, factor
                self._at += 1
        raise NoDocument("a brace is not closed")

    def _spread(self, made: _Definition, level: int, factor: int) -> None:
        """`...name`, or `... on Type` and `...` before a selection, which follow as any."""
        words = self._words
        self._at += 1
        word = words[self._at] if self._at < self._size else b""
        if word == b"on":
            self._at += 2
        elif word not in (b"{", b"@", b""):
            made.spreads.append((word, level, factor))
            self._at += 1

    def _parenthesis(self, *, variables: bool = False) -> int:
        """Over arguments, to what they multiply a list by; or over the variables of an operation."""
        words, size = self._words, self._size
        open_ = 0
        most = 1
        name = b""
        while self._at < size:
            word = words[self._at]
            if word in _OPENS:
                open_ += 1
            elif word in _CLOSES:
                open_ -= 1
                if not open_:
                    self._at += 1
                    return most
            elif open_ == 1:
                if variables:
                    if word == b"$":
                        name = words[self._at + 1] if self._at + 1 < size else b""
                    elif word == b"=" and self._at + 1 < size:
                        self._defaults[name] = _number(words[self._at + 1])
                elif self._at + 2 < size and words[self._at + 1] == b":" and word.lower() in _MANY:
                    most = max(most, self._amount(self._at + 2))
            self._at += 1
        raise NoDocument("a parenthesis is not closed")

    def _amount(self, at: int) -> int:
        word = self._words[at]
        if word == b"$" and at + 1 < self._size:
            name = self._words[at + 1]
            return self._variables.get(name, self._defaults.get(name, 1))
        return _number(word)


def _number(word: bytes) -> int:
    digits = word.lstrip(b"+0")
    if not digits.isdigit():
        return 1
    return int(digits) if len(digits) <= 12 else MOST


def _total(definition: _Definition, totals: Mapping[bytes, Measure]) -> Measure:
    own = definition.own
    made = Measure(own.depth, own.aliases, own.cost, own.directives, own.introspects)
    for name, level, factor in definition.spreads:
        part = totals.get(name)
        if part is not None:
            made.depth = min(MOST, max(made.depth, level - 1 + part.depth))
            made.aliases = min(MOST, made.aliases + part.aliases)
            made.cost = min(MOST, made.cost + factor * part.cost)
            made.directives = min(MOST, made.directives + part.directives)
            made.introspects |= part.introspects
    return made


def _fragments(fragments: Mapping[bytes, _Definition]) -> dict[bytes, Measure]:
    """The whole of each fragment, those that it opens included."""
    totals: dict[bytes, Measure] = {}
    open_: set[bytes] = set()
    for start in fragments:
        waiting = [start]
        while waiting:
            name = waiting[-1]
            if name in totals:
                waiting.pop()
                continue
            definition = fragments[name]
            if name in open_:
                open_.discard(name)
                totals[name] = _total(definition, totals)
                waiting.pop()
                continue
            open_.add(name)
            for part in dict.fromkeys(part for part, _, _ in definition.spreads):
                if part in open_:
                    raise NoDocument("fragments that hold themselves")
                if part in fragments and part not in totals:
                    waiting.append(part)
    return totals
