"""Reads tokens as the rest of a statement in whose midst a value stands, and notes what in it speaks for an injection.

Text that people write breaks the order of `sql_expression` and `sql_query` within a few words, and reading ends there; what was
noted until then is kept. Whether it is enough is decided in `sql`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from edgeguard.waf.detectors.sql_query import Query
from edgeguard.waf.detectors.sql_statement import follows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgeguard.waf.detectors.sql_tokens import Token


_SIGNS = (b"-", b"+")


def _stop(_reading: Reading, _token: Token) -> bool:
    return False


class Reading(Query):
    """One reading from one place.

    Args:
        inside: the quote of the text that ended just before; empty where the value stands bare.

    Attributes:
        broken: whether the grammar was left.
        talks: whether a comment stands in it that says something.
    """

    __slots__ = ("broken", "talks")

    def __init__(self, inside: bytes) -> None:
        super().__init__(inside)
        self.broken = False
        self.talks = False

    def read(self, more: Iterator[Token], enough: int) -> None:
        """Read until the grammar is left, the value ends, or `enough` points are noted."""
        self._more = more
        handlers = self.HANDLERS
        for token in more:
            kind = token[0]
            if not self.first:
                self.first = kind if token[1] not in _SIGNS else "sign"
            elif self.first == "sign":  # -1 is a number, - 1 the item of a list
                self.first = kind if token[2] == self.end else "operator"
            self.end = token[3]
            if not handlers.get(kind, _stop)(self, token):
                if self._call and self._after == "number" and self._word[-1:] == b".":
                    self.note("danger")  # sleep(5.seconds)
                self.broken = True
                return
            if self._moved:
                self._moved = False
            else:
                self._after = kind
                self._word = token[1]
            if self.points >= enough:
                return
        self._settle("")

    def _comment(self, token: Token) -> bool:
        if not self._expects or not self._after or self._after == ";":
            self._settle("comment")
            if _cuts(token[1], bare=not self.inside):
                self.note("cut")
            else:
                self.talks = True
        return True

    def _semicolon(self, _token: Token) -> bool:
        if self._expects and self._after:
            return False
        self._settle(";")
        self._expects = True
        following = next(self._more, None)
        while following is not None and following[0] == ";":
            following = next(self._more, None)
        if following is None:
            return True
        self.end = following[3]
        if following[0] == "comment":
            self._past("", b"", expects=False)
            return self._comment(following)
        if follows(following, self._more):
            self.note("second")
        return False

    def _statement(self, token: Token) -> bool:
        """SQL Server needs no semicolon between statements."""
        if self._expects and self._after:
            return False
        begins = (token[1] == b"waitfor") or (not self._after and token[1] in (b"exec", b"execute", b"declare"))
        fits = begins or self.inside or self.first in ("number", "variable")
        if fits and follows(token, self._more, joined=True):
            self.note("second")
        return False

    HANDLERS: ClassVar[dict[str, Callable[[Any, Token], bool]]] = {
        **Query.HANDLERS,
        "comment": _comment,
        ";": _semicolon,
        "statement": _statement,
        "rows": _stop,
    }


def _cuts(comment: bytes, *, bare: bool) -> bool:
    """Whether a comment is there for what it hides: nothing of note stands in it."""
    rest = comment.lstrip(b"-#/*").strip(b" \t\r+-*/;)")
    if bare and comment[:1] == b"#":
        return not rest
    if rest.endswith(b"sp_password"):  # hides the statement from SQL Server's log
        return True
    return len(rest) <= (4 if bare else 12) and (not rest or rest.isalnum())
