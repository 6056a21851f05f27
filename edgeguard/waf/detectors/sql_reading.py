"""Reads tokens as the rest of a statement in whose midst a value stands, and notes what in it speaks for an injection.

Two states: an operand is expected, or what may follow one. Text that people write breaks that order within a few words, and
reading ends there; what was noted until then is kept. Whether it is enough is decided in `sql`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from edgeguard.waf.detectors.sql_statement import follows
from edgeguard.waf.detectors.sql_words import CATALOGUE, DANGEROUS, EVERYDAY, FALSY, PROBING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgeguard.waf.detectors.sql_tokens import Token

WEIGHTS = {
    "union": 4,         # UNION SELECT
    "list": 3,          # ... and a list of columns that nobody writes in prose
    "tautology": 4,     # OR, and two literals compared
    "comparison": 2,    # OR, and something compared
    "truth": 2,         # OR, and a literal that is true, and nothing else
    "true": 2,          # the same, in a word
    "equality": 2,      # a comparison right behind a text's end
    "joined": 1,        # a concatenation right behind a text's end
    "query": 4,         # (SELECT ..., with something in its list that is no plain word
    "nested": 2,        # another one in it
    "plain": 2,         # (SELECT word FROM word
    "danger": 4,        # a function that waits, reads files, or tells by its error
    "probe": 2,         # a function that takes texts apart or tells versions, as an operand
    "second": 5,        # another statement
    "order": 2,         # ORDER BY a number
    "group": 2,         # GROUP BY, and HAVING or a comment
    "having": 3,        # HAVING, and a comparison
    "limit": 1,
    "outfile": 6,
    "catalogue": 3,
    "system": 4,        # a variable of the server
    "case": 3,
    "analyse": 4,
    "cut": 2,           # a comment takes away the rest of the statement
    "reopened": 2,      # a text is begun for which the statement has the end
}  # fmt: skip

ENOUGH = 6
_LITERALS = frozenset(("number", "text", "open", "literal"))


_EQUALS = frozenset((b"=", b"<=>", b"like", b"rlike", b"regexp"))
_TABLES = frozenset((b"from", b"join", b"into", b"table", b"update"))
_CALLABLE = frozenset(("literal", "statement", "select", "logic", "operator", "compare", "name"))


def _stop(_reading: Reading, _token: Token) -> bool:
    return False


class Reading:
    """One reading from one place.

    Args:
        inside: the quote of the text that ended just before; empty where the value stands bare.

    Attributes:
        notes: what was noted, in order.
        points: their weights.
        first: kind of the first token; empty where there is none.
        broken: whether the grammar was left.
        talks: whether a comment stands in it that says something.
        compares: whether a comparison stands before any AND or OR, as in a filter.
        end: of the last token read.
    """

    __slots__ = (
        "_after",
        "_call",
        "_clause",
        "_column",
        "_dotted",
        "_expects",
        "_left",
        "_logic",
        "_more",
        "_moved",
        "_operators",
        "_plain",
        "_select",
        "_word",
        "broken",
        "compares",
        "end",
        "first",
        "inside",
        "notes",
        "points",
        "talks",
    )  # fmt: skip

    def __init__(self, inside: bytes) -> None:
        self.inside = inside
        self.notes: list[str] = []
        self.points = 2 if inside else 0
        self.first = ""
        self.broken = False
        self.end = 0
        self._dotted = False  # the name being read has a name before it
        self._expects = not inside  # an operand
        self._after = "text" if inside else ""  # kind of the token before
        self._word = b""  # its text
        self._call = b""  # the function whose first argument is being read
        self._clause = b""  # the clause word that was read last
        self._column = False  # an operand in a select list that is no plain word
        self._left: tuple[str, bytes] | None = None  # what stands left of a comparison
        self._logic = 1 if inside else 0  # 1: behind a text's end; 2: behind AND or OR, or in a condition
        self._operators = 0
        self._plain = 0  # 1: (SELECT was read, 2: and FROM
        self._select = False
        self._more: Iterator[Token] = iter(())
        self._moved = False  # a handler has read ahead and said what the last token was
        self.compares = False
        self.talks = False

    def note(self, name: str) -> None:
        if name not in self.notes:
            self.notes.append(name)
            self.points += WEIGHTS[name]

    def read(self, more: Iterator[Token], enough: int) -> None:
        """Read until the grammar is left, the value ends, or `enough` points are noted."""
        self._more = more
        handlers = self._HANDLERS
        for token in more:
            kind = token[0]
            self.end = token[3]
            if not self.first:
                self.first = kind
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

    def _operand(self, token: Token) -> bool:
        kind, word, _, _ = token
        if not self._expects:
            if word in EVERYDAY and self.inside and self._after == "text":
                self._abrupt()
            return self._alias(kind) or self._name_part(kind)
        self._expects = False
        self._dotted = False
        if self._left is not None:
            self._compared(kind)
        if kind != "word":
            self._column = True
            if kind == "variable" and word[:2] == b"@@":
                self.note("system")
        elif self._clause in _TABLES and word in CATALOGUE:
            self.note("catalogue")
        return True

    def _abrupt(self) -> None:
        """A call right behind a text's end: no statement, but a probe for one whose blank was a plus sign."""
        mark, argument = next(self._more, None), next(self._more, None)
        if mark is not None and mark[0] == "(" and argument is not None and argument[0] == "number":
            self.note("danger")

    def _compared(self, kind: str) -> None:
        left, text = self._left or ("", b"")
        self._left = None
        if self._clause == b"having" and self._logic != 1:
            self.note("having")
        if self._logic == 2:
            literal = left in _LITERALS and kind in _LITERALS
            self.note("tautology" if literal else "comparison")
        elif not self._logic:
            self.compares = True
        elif self._logic == 1 and kind in ("text", "number") and self._operators == 1 and text in _EQUALS and self.inside != b"]":
            self.note("equality")

    def _alias(self, kind: str) -> bool:
        """A second name behind an operand: allowed once, where columns and tables are listed."""
        return (
            self._select and kind in ("word", "name") and self._after not in ("word", "name", "as") and self._clause != b"where"
        )

    def _name_part(self, kind: str) -> bool:
        return (self._after in (".", "as", "cast") and kind in ("word", "name", "text")) or (
            self._after == "{" and kind == "word"
        )

    def _open_text(self, token: Token) -> bool:
        """A text that the value does not end: the statement will."""
        if not self._expects:
            return False
        before = self._after
        held = self._operand(token)
        rest = token[1][1:]
        short = len(rest) <= 40 and b"\n" not in rest
        simple = rest.isalnum() or not rest
        if token[1][:1] == self.inside and short:
            if "tautology" in self.notes or "comparison" in self.notes or "query" in self.notes or "danger" in self.notes:
                self.note("reopened")
            elif (before == "logic" and self._word != b"||") or (simple and self._word in _EQUALS):
                self.note("truth" if before == "logic" and simple else "reopened")
                self.note("reopened")
            elif simple and self._operators and (self._word in (b"||", b"+")):
                self.note("joined")
                self.note("reopened")
        return held

    def _literal(self, token: Token) -> bool:
        if not self._expects:
            return False
        if self._word in (b"is", b"not") and self._left is None:
            self._expects = False
            return True
        return self._operand(token)

    def _number(self, token: Token) -> bool:
        if not self._expects:
            return False
        if self._clause == b"by" and self._after in ("clause", "("):
            self._clause = b"by number"
        elif self._clause == b"limit":
            self.note("limit")
        return self._operand(token)

    def _logic_token(self, token: Token) -> bool:
        if self._expects and self._after:
            return False
        self._settle("logic")
        self._expects = True
        self._operators += 1
        if token[1] == b"||" and self._after == "text" and self._logic == 1:
            self._left = None
        self._logic = 2
        return True

    def _operator(self, token: Token) -> bool:
        if self._expects:
            return token[1] in (b"+", b"-") or not self._after
        self._settle("operator")
        self._expects = True
        self._operators += 1
        return True

    def _star(self, token: Token) -> bool:
        if self._expects and self._after in ("select", "(", "quantity", ".", ","):
            self._expects = False
            self._column = True
            return True
        return self._operator(token)

    def _compare(self, token: Token) -> bool:
        if self._expects and self._after not in ("", "not", "compare"):
            return False
        if self._after != "compare":
            self._settle("compare")
            behind = self.inside and not self._operators
            self._left = (self._after if self._after != ")" else "word", token[1] if behind else b"")
            self._operators += 1
        self._expects = token[1] not in (b"isnull", b"notnull")
        if not self._expects:
            self._left = None
        return True

    def _not(self, token: Token) -> bool:
        return self._expects or token[1] == b"not"

    def _open(self, _token: Token) -> bool:
        if not self._expects:
            if self._after == "word" or (self._after in _CALLABLE and self._word in PROBING):
                return self._called(self._word)
            if self._after not in ("compare", "quantity", "name"):
                return False
        self._expects = True
        return True

    def _called(self, name: bytes) -> bool:
        if name in DANGEROUS:
            if not self._dotted and name in EVERYDAY:
                self._call = name
            elif not self._dotted:
                self.note("danger")
        elif name in PROBING and (self._operators or self.inside or self._select):
            self.note("probe")
        self._column = True
        self._expects = True
        return True

    def _close(self, _token: Token) -> bool:
        if self._expects and self._after not in ("(", "", ")"):
            return False
        self._settle(")")
        self._expects = False
        return True

    def _comma(self, _token: Token) -> bool:
        if self._expects:
            return not self._after
        self._settle(",")
        self._column = True
        self._expects = True
        return True

    def _dot(self, _token: Token) -> bool:
        if self._after not in ("word", "name", ".", "clause", "number"):
            return False
        if self._after == "number":
            return True
        self._dotted = True
        self._expects = False
        if self._word in DANGEROUS and self._word not in EVERYDAY:
            self.note("danger")
        return True

    def _cast(self, _token: Token) -> bool:
        return not self._expects

    def _as(self, _token: Token) -> bool:
        return not self._expects and bool(self._select or self._after)

    def _brace(self, token: Token) -> bool:
        """ODBC's {fn name(...)}."""
        return self._expects == (token[0] == "{")

    def _settle(self, kind: str) -> None:
        """An operand is complete: `kind` follows; empty for the value's end."""
        if self._call:
            simple = self._after in ("number", "text", ")", "name", "variable")
            if simple and (kind == "," or self._call != b"benchmark"):
                self.note("danger")
            self._call = b""
        if self._clause == b"by number" and kind != ")":
            self.note("order")
            self._clause = b""
        if self._logic == 2 and kind in ("", "comment") and self._left is None and not self._expects:
            self._lone()

    def _lone(self) -> None:
        """A condition that is a lone literal: true in most dialects."""
        literal = self._after in ("number", "literal", "text") and self._word not in FALSY
        if literal and not {"tautology", "comparison", "truth"}.intersection(self.notes):
            self.note("true" if self._word == b"true" else "truth")

    def _past(self, kind: str, word: bytes, *, expects: bool) -> bool:
        """Note how far a handler has read ahead."""
        self._after = kind
        self._word = word
        self._expects = expects
        self._moved = True
        return True

    def _union(self, _token: Token) -> bool:
        if self._expects and self._after:
            return False
        self._settle("union")
        for kind, word, _, end in self._more:
            self.end = end
            if kind in ("quantity", "("):
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
        if following is not None and following[0] == ("(" if word == b"values" else "word"):
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
            if kind in ("quantity", "(", "operator", "not"):
                continue
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
            if following[0] in (",", "(", ")", "comment", ".", "clause"):
                plain = following[0] == "clause" and not self.inside and self.first == "word"
                if not plain:
                    self.note("list")
                self._past("word", word, expects=False)
                held = self._HANDLERS[following[0]](self, following)
                return held and self._past(following[0], following[1], expects=self._expects)
            return False
        return True

    def _select_token(self, _token: Token) -> bool:
        if not self._expects:
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
            return kind == "word" and self._past(kind, word, expects=False)
        return True

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

    def _ordered(self) -> bool:
        self._expects = False
        return True

    def _into(self) -> bool:
        target = next(self._more, None)
        if target is None:
            return False
        if target[1] in (b"outfile", b"dumpfile"):
            name = next(self._more, None)
            if name is not None and name[0] in ("text", "open", "number"):
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

    def _branch(self, _token: Token) -> bool:
        if self._expects:
            return False
        self._settle("branch")
        self._expects = True
        return True

    def _quantity(self, _token: Token) -> bool:
        return self._expects and self._after in ("select", "compare", "quantity", "(", "union")

    def _ending(self, _token: Token) -> bool:
        return not self._expects

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
        begins = token[1] in (b"exec", b"execute", b"waitfor", b"declare")
        fits = (begins and not self._after) or self.inside or self.first in ("number", "variable")
        if fits and follows(token, self._more, joined=True):
            self.note("second")
        return False

    _HANDLERS: ClassVar[dict[str, Callable[[Reading, Token], bool]]] = {
        "number": _number,
        "text": _operand,
        "open": _open_text,
        "variable": _operand,
        "name": _operand,
        "word": _operand,
        "literal": _literal,
        "logic": _logic_token,
        "operator": _operator,
        "*": _star,
        "compare": _compare,
        "not": _not,
        "(": _open,
        ")": _close,
        ",": _comma,
        ".": _dot,
        "cast": _cast,
        "as": _as,
        "{": _brace,
        "}": _brace,
        "union": _union,
        "select": _select_token,
        "clause": _clause_token,
        "case": _case,
        "branch": _branch,
        "end": _ending,
        "order": _ending,
        "quantity": _quantity,
        "comment": _comment,
        ";": _semicolon,
        "statement": _statement,
        "rows": _stop,
    }
    _CLAUSES: ClassVar[dict[bytes, Callable[[Reading], bool]]] = {
        b"from": _from,
        b"where": _condition,
        b"having": _condition,
        b"on": _condition,
        b"by": _by,
        b"order": _ordered,
        b"group": _ordered,
        b"into": _into,
        b"procedure": _procedure,
    }


def _cuts(comment: bytes, *, bare: bool) -> bool:
    """Whether a comment is there for what it hides: nothing of note stands in it."""
    rest = comment.lstrip(b"-#/*").strip(b" \t\r+-*/;)")
    if bare and comment[:1] == b"#":
        return not rest
    return len(rest) <= (4 if bare else 12) and (not rest or rest.isalnum())
