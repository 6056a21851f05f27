"""Operands and what stands between them: the part of SQL's grammar that conditions and lists are made of.

Two states: an operand is expected, or what may follow one. Each handler takes the next token, and says whether it fits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from edgeguard.waf.detectors.sql_notes import Notes
from edgeguard.waf.detectors.sql_words import CATALOGUE, DANGEROUS, EVERYDAY, FALSY, PROBING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgeguard.waf.detectors.sql_tokens import Token

_LITERALS = frozenset(("number", "text", "open", "literal"))
_EQUALS = frozenset((b"=", b"<=>", b"like", b"rlike", b"regexp"))
_TABLES = frozenset((b"from", b"join", b"into", b"table", b"update"))
_CHOOSING = frozenset((b"if", b"iif"))
_CALLABLE = frozenset(("literal", "statement", "select", "logic", "operator", "compare", "name"))


class Expression(Notes):
    """The state of a reading, and what it does with the tokens of expressions.

    Args:
        inside: the quote of the text that ended just before; empty where the value stands bare.

    Attributes:
        compares: whether a comparison stands before any AND or OR, as in a filter.
        first: kind of the first token; empty where there is none.
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
        "_odbc",
        "_operators",
        "_plain",
        "_select",
        "_single",
        "_word",
        "compares",
        "first",
        "inside",
    )  # fmt: skip

    def __init__(self, inside: bytes) -> None:
        super().__init__(2 if inside else 0)
        self.inside = inside
        self.first = ""
        self._dotted = False  # the name being read has a name before it
        self._expects = not inside  # an operand
        self._after = "text" if inside else ""  # kind of the token before
        self._word = b""  # its text
        self._call = b""  # the function whose first argument is being read
        self._clause = b""  # the clause word that was read last
        self._column = False  # an operand in a select list that is no plain word
        self._left: tuple[str, bytes] | None = None  # what stands left of a comparison
        self._logic = 1 if inside else 0  # 1: behind a text's end; 2: behind AND or OR, or in a condition
        self._odbc = False  # a brace was opened
        self._operators = 0
        self._plain = 0  # 1: (SELECT was read, 2: and FROM
        self._select = False
        self._single = 0  # 1: a parenthesis was opened; 2: and a literal read; 3: a literal right behind AND or OR
        self._more: Iterator[Token] = iter(())
        self._moved = False  # a handler has read ahead and said what the last token was
        self.compares = False

    def _operand(self, token: Token) -> bool:
        kind, word, _, _ = token
        if not self._expects:
            if word in EVERYDAY and self.inside and self._after == "text":
                self._abrupt()
            return self._alias(kind) or self._name_part(kind)
        self._expects = False
        self._dotted = False
        if kind in _LITERALS and self._after in ("(", "logic"):
            self._single = 3 if self._after == "logic" else 2 * self._single
        else:
            self._single = 0
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
            literal = left in _LITERALS
            self.note("tautology" if literal and kind in _LITERALS else "comparison")
            if literal:
                self.hints.add("literal")
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
            elif (
                simple and self._operators and (self._word in (b"||", b"+") or (self._logic == 2 and before in ("operator", "*")))
            ):
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
            if self._after == "text" and self.inside and not self._operators:
                self._subselect()
            if self._after not in ("compare", "quantity", "name"):
                return False
        self._expects = True
        self._single = 1
        return True

    def _subselect(self) -> None:
        """(SELECT right behind a text's end."""
        select, first, second = (next(self._more, None) for _ in range(3))
        if select is None or select[0] != "select" or first is None:
            return
        if first[0] in ("number", "*", "(", "quantity") or (second is not None and second[0] == "(" and first[1] in PROBING):
            self.hints.add("adjoined")

    def _called(self, name: bytes) -> bool:
        if name in DANGEROUS:
            if not self._dotted and name in EVERYDAY:
                self._call = name
            elif not self._dotted:
                self.note("danger")
        elif name in PROBING and (self._operators or self.inside or self._select):
            self.note("probe")
        if name in _CHOOSING:
            self._logic = 2
        self._column = True
        self._expects = True
        self._single = 0
        return True

    def _close(self, _token: Token) -> bool:
        if self._expects and self._after not in ("(", "", ")"):
            return False
        self._settle(")")
        self._expects = False
        if self._single == 2 and self._after in _LITERALS:  # (1) is as good as 1
            return self._past(self._after, self._word, expects=False)
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
        if token[0] == "{":
            self._odbc = True
            return self._expects
        return self._odbc and not self._expects

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
        if (
            self._logic == 2
            and (kind in ("", "comment") or (kind == ")" and self._single > 1))
            and self._left is None
            and not self._expects
        ):
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

    HANDLERS: ClassVar[dict[str, Callable[[Any, Token], bool]]] = {
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
        "branch": _branch,
        "end": _ending,
        "order": _ending,
        "quantity": _quantity,
    }
