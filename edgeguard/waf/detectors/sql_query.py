"""SELECT, UNION, CASE and the clauses: the part of SQL's grammar in which whole queries are added to a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from edgeguard.waf.detectors.sql_expression import Expression
from edgeguard.waf.detectors.sql_words import PROBING

if TYPE_CHECKING:
    from collections.abc import Callable

    from edgeguard.waf.detectors.sql_tokens import Token


_COUNTED = frozenset(("number", "variable", "literal", "operator", "("))


class Query(Expression):
    """What a reading does with the tokens of queries. Some handlers read ahead; `end` tells how far.

    Attributes:
        end: of the last token read.
    """

    __slots__ = ("end",)

    def __init__(self, inside: bytes) -> None:
        super().__init__(inside)
        self.end = 0

    def _union(self, _token: Token) -> bool:
        if self._expects and self._after:
            return False
        self._settle("union")
        for kind, word, _, end in self._more:
            self.end = end
            if kind in ("quantity", "(", "comment"):
                if kind == "quantity":
                    self.hints.add("all")
                continue
            if kind == "select" or (kind == "rows" and word in (b"values", b"table")):
                self._select = True
                self._column = False
                self._expects = True
                self._plain = 0
                if kind == "select":
                    self.note("union")
                    return self._listed()
                return self._rows(word)
            return False
        return False

    def _rows(self, word: bytes) -> bool:
        following = next(self._more, None)
        told = word == b"values" or self.inside or self.first in _COUNTED
        if told and following is not None and following[0] == ("(" if word == b"values" else "word"):
            self.note("union")
            self.note("list")
            self.end = following[3]
            return self._past(following[0], following[1], expects=word == b"values")
        return False

    def _listed(self) -> bool:
        """The first column of a UNION's list: numbers, texts and calls are no prose."""
        for token in self._more:
            kind, word, _, end = token
            self.end = end
            if kind in ("quantity", "(", "operator", "not", "comment"):
                continue
            if kind == "select":  # (SELECT ...) as a column
                self.note("list")
                return self._queried()
            if kind in ("*", "literal", "number", "text", "open", "variable", "name", "case"):
                if kind != "open" or b" " not in word:
                    self.note("list")
                self._column = True
                return self._past("*" if kind == "case" else kind, word, expects=False)
            if kind != "word":
                return False
            self._expects = False
            following = next(self._more, None)
            if following is None:
                return True
            self.end = following[3]
            if following[0] in (",", "(", ")", "comment", ".", "clause") or (
                following[0] in ("as", "word", "text", "name") and (self.inside or self.first in _COUNTED)
            ):
                plain = following[0] in ("clause", "as", "word", "text", "name") and not self.inside and self.first == "word"
                if not plain:
                    self.note("list")
                self._past("word", word, expects=False)
                held = self.HANDLERS[following[0]](self, following)
                return held and self._past(following[0], following[1], expects=self._expects)
            return False
        return True

    def _select_token(self, _token: Token) -> bool:
        if not self._expects:
            if self.inside and self._after == "text" and not self._operators:
                first = next(self._more, None)
                if first is not None and first[0] in ("number", "text", "variable", "*"):
                    self.hints.add("adjoined")
            return False
        self._select = True
        self._column = False
        if self._after == "(":
            self._plain = 1
            return self._queried()
        return True

    def _queried(self) -> bool:
        """(SELECT: what its list begins with."""
        for token in self._more:
            kind, word, _, end = token
            self.end = end
            if kind in ("quantity", "operator", "not"):
                continue
            if kind in ("(", "*", "literal", "number", "text", "open", "variable", "name", "case"):
                self.note("nested" if "query" in self.notes else "query")
                self._column = True
                return self._past("*" if kind == "case" else kind, word, expects=kind == "(")
            if kind in ("word", "compare"):
                return self._queried_name(kind, word)
            return False
        return True

    def _queried_name(self, kind: str, word: bytes) -> bool:
        """A name in a sub-select's list, or a call of a function that takes texts apart."""
        following = next(self._more, None)
        self._past("word", word, expects=False)
        if following is None:
            return kind == "word"
        self.end = following[3]
        if following[0] == "(" and word in PROBING:
            self.note("nested" if "query" in self.notes else "query")
        elif kind == "compare" and following[0] != "(":
            return False
        handler = self.HANDLERS.get(following[0])
        return handler is not None and handler(self, following) and self._past(*following[:2], expects=self._expects)

    def _clause_token(self, token: Token) -> bool:
        word = token[1]
        handler = self._CLAUSES.get(word)
        if self._expects and self._after and not (handler is None and self._after == "clause"):
            return False
        self._settle("clause")
        self._clause = word
        if handler is not None:
            return handler(self)
        self._expects = True
        return True

    def _from(self) -> bool:
        if self._plain == 1:
            self._plain = 2
            self.note("query" if self._column else "plain")
        self._expects = True
        return True

    def _condition(self) -> bool:
        self._logic = 2
        self._expects = True
        return True

    def _by(self) -> bool:
        if self._word in (b"order", b"group"):
            self._clause = b"by" if self._word == b"order" or not self._select else b"group by"
            self._expects = True
            return True
        return False

    def _for(self) -> bool:
        """FOR UPDATE and its kin end a query; another may be joined to it."""
        locked = next(self._more, None)
        if locked is None or locked[1] not in (b"update", b"share", b"browse", b"json", b"xml"):
            return False
        self.end = locked[3]
        return self._past("end", locked[1], expects=False)

    def _ordered(self) -> bool:
        self._expects = False
        return True

    def _into(self) -> bool:
        target = next(self._more, None)
        if target is None:
            return False
        if target[1] in (b"outfile", b"dumpfile"):
            name = next(self._more, None)
            if name is not None and name[0] in ("text", "open", "number", "("):
                self.end = name[3]
                self.note("outfile")
                self._expects = False
                return True
        self._expects = False
        return target[0] in ("variable", "word")

    def _procedure(self) -> bool:
        name = next(self._more, None)
        if name is not None and name[1] == b"analyse":
            self.note("analyse")
        return False

    def _case(self, _token: Token) -> bool:
        """CASE WHEN ... is grammar enough; CASE x WHEN ... needs no reading."""
        if not self._expects:
            return False
        following = next(self._more, None)
        if following is not None and following[0] in ("number", "text"):
            following = next(self._more, None)
            if following is not None and following[1] == b"when":
                self.note("case")
                self._logic = 2
                self.end = following[3]
                return self._past("branch", b"when", expects=True)
        if following is None or following[1] != b"when":
            return False
        condition = next(self._more, None)
        if condition is None or condition[0] not in ("(", "number", "text", "not", "word"):
            return False
        if condition[0] != "word":
            self.note("case")
        self.end = condition[3]
        self._logic = 2
        return self._past(condition[0], condition[1], expects=condition[0] in ("(", "not"))

    HANDLERS: ClassVar[dict[str, Callable[[Any, Token], bool]]] = {
        **Expression.HANDLERS,
        "union": _union,
        "select": _select_token,
        "clause": _clause_token,
        "case": _case,
    }
    _CLAUSES: ClassVar[dict[bytes, Callable[[Query], bool]]] = {
        b"from": _from,
        b"where": _condition,
        b"having": _condition,
        b"on": _condition,
        b"by": _by,
        b"order": _ordered,
        b"for": _for,
        b"group": _ordered,
        b"into": _into,
        b"procedure": _procedure,
    }
