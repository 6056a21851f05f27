"""The variables of a rule as they are written: `ARGS|!ARGS:/^utm_/|&REQUEST_HEADERS:Host|XML:/*`.

Whether a name is known is the compiler's business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from edgeguard.waf.faults import Refused
from edgeguard.waf.seclang.syntax import Variable
from edgeguard.waf.seclang.words import Ahead, closing, shown, unescape

if TYPE_CHECKING:
    from edgeguard.waf.seclang.words import Pairs

_BETWEEN: Final = "|,"
_BLANK: Final = " \t"
_LETTERS: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_")
_XPATH: Final = frozenset({"XML"})  # names whose selector is neither a name nor an expression


def variable_list(text: str, pairs: Pairs = "halved") -> tuple[Variable, ...]:
    """All variables of a list, parted by `|` or `,`; within quotes, backslashes are read as in `words`.

    Raises:
        Refused: something in it is no variable.
    """
    return _List(text, pairs).all()


class _List:
    def __init__(self, text: str, pairs: Pairs) -> None:
        self.text = text
        self._pairs: Pairs = pairs
        self.at = 0
        self._between = Ahead(text, _BETWEEN)
        self._no_slash = False  # no expression is closed from here on

    def all(self) -> tuple[Variable, ...]:
        found: list[Variable] = []
        while True:
            found.append(self._variable())
            self._skip_blank()
            if self.at >= len(self.text):
                return tuple(found)
            if self.text[self.at] not in _BETWEEN:
                raise Refused(f"'{shown(self.text[self.at :])}' stands behind {shown(str(found[-1]))} where '|' was expected")
            self.at += 1

    def _variable(self) -> Variable:
        excluded = count = False
        self._skip_blank()
        while self.text.startswith(("!", "&"), self.at):
            if self.text[self.at] == "!":
                excluded = True
            else:
                count = True
            self.at += 1
            self._skip_blank()
        name = self._name()
        if not self.text.startswith((":", "."), self.at):
            return Variable(name, count=count, excluded=excluded)
        self.at += 1
        selector, pattern = self._selector(name)
        if not selector:
            raise Refused(f"nothing stands behind the colon of {name}; without a selector it is written {name}")
        return Variable(name, selector, pattern, count, excluded)

    def _name(self) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] in _LETTERS:
            self.at += 1
        if self.at == start:
            rest = self.text[start:]
            raise Refused(f"a variable was expected where '{shown(rest)}' stands" if rest else "a variable is missing")
        return self.text[start : self.at].upper()

    def _selector(self, name: str) -> tuple[str, bool]:
        """The selector, and whether it is an expression."""
        start = self.at
        if self.text.startswith("'", start):
            close = closing(self.text, start + 1, "'")
            if close < 0:
                raise Refused(f"the quote in the selector of {name} is not closed")
            self.at = close + 1
            inner = unescape(self.text[start + 1 : close], "'", self._pairs)
            if name not in _XPATH and len(inner) > 2 and inner[0] == inner[-1] == "/":
                return inner[1:-1], True
            return inner, False
        if name not in _XPATH and self.text.startswith("/", start):
            close = self._slash(start + 1)
            if close > start + 1:
                self.at = close + 1
                inner = self.text[start + 1 : close]
                if "|" in inner:
                    raise Refused(f"an expression with '|' must stand in quotes: {name}:'/{shown(inner)}/'")
                return inner, True
        self.at = self._between.find(start)
        return self.text[start : self.at].rstrip(_BLANK), False

    def _slash(self, at: int) -> int:
        """Where an expression that is not quoted ends: at the first slash behind which the list goes on or ends; -1 if none."""
        while not self._no_slash and (close := closing(self.text, at, "/")) >= 0:
            follows = self.text[close + 1 : close + 2]
            if not follows or follows in _BETWEEN or follows in _BLANK:
                return close
            at = close + 1
        self._no_slash = True
        return -1

    def _skip_blank(self) -> None:
        while self.at < len(self.text) and self.text[self.at] in _BLANK:
            self.at += 1
