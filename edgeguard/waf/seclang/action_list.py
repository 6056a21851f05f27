"""A list of actions as it is written: `id:1,phase:2,msg:'a, b',deny`. What an action means is settled in `said`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from edgeguard.waf.seclang.words import Ahead, Misplaced, closing, shown, unescape

if TYPE_CHECKING:
    from edgeguard.waf.seclang.words import Pairs

_BLANK: Final = " \t"


class Written(NamedTuple):
    """One action: its name in lower case, its argument without quotes or None, and where it stands in the list."""

    name: str
    argument: str | None
    at: int


def action_list(text: str, pairs: Pairs = "halved") -> list[Written]:
    """All actions of a list; within quotes, backslashes are read as in `words`.

    Raises:
        Misplaced: a quote is not closed, something follows it, or an action is missing between two commas.
    """
    found: list[Written] = []
    ends = Ahead(text, ",:")
    commas = Ahead(text, ",")
    at, size = 0, len(text)
    while True:
        start = at
        at = ends.find(start)
        name = text[start:at].strip(_BLANK)
        argument = None
        if at < size and text[at] == ":":
            argument, at = _argument(text, at + 1, name, commas, pairs)
        if not name:
            there = shown(text[start : start + 200])
            raise Misplaced(f"an action was expected where '{there}' stands" if there else "an action is missing", start)
        found.append(Written(name.lower(), argument, start))
        if at >= size:
            return found
        at += 1


def _argument(text: str, at: int, name: str, commas: Ahead, pairs: Pairs) -> tuple[str, int]:
    """An action's argument, and where it ends: at a comma or at the end. It may be quoted in part: `initcol:ip='a,b'`."""
    while at < len(text) and text[at] in _BLANK:
        at += 1
    end = commas.find(at)
    opened = text.find("'", at, end)
    if opened < 0 or not (opened == at or text[opened - 1] in "=:"):
        return text[at:end].rstrip(_BLANK), end
    close = closing(text, opened + 1, "'")
    if close < 0:
        raise Misplaced(f"the quote in {shown(name)} is not closed", opened)
    end = commas.find(close)
    if behind := text[close + 1 : end].strip(_BLANK):
        raise Misplaced(f"'{shown(behind)}' stands behind the quotes of {shown(name)}; a quote inside is written \\'", close)
    if opened > at and text[opened - 1] == ":":  # they belong to a selector and stay
        return text[at : close + 1], end
    return text[at:opened] + unescape(text[opened + 1 : close], "'", pairs), end
