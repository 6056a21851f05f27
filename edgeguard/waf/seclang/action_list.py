"""A list of actions as it is written: `id:1,phase:2,msg:'a, b',deny`. What an action means is settled in `said`."""

from __future__ import annotations

from typing import Final, NamedTuple

from edgeguard.waf.seclang.words import Ahead, Misplaced, closing, shown, unescape

_BLANK: Final = " \t"


class Written(NamedTuple):
    """One action: its name in lower case, its argument without quotes or None, and where it stands in the list."""

    name: str
    argument: str | None
    at: int


def action_list(text: str) -> list[Written]:
    """All actions of a list.

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
            argument, at = _argument(text, at + 1, name, commas)
        if not name:
            raise Misplaced(
                f"an action was expected where '{shown(text[start:])}' stands" if at < size else "an action is missing", start
            )
        found.append(Written(name.lower(), argument, start))
        if at >= size:
            return found
        at += 1


def _argument(text: str, at: int, name: str, commas: Ahead) -> tuple[str, int]:
    """An action's argument, and where it ends: at a comma or at the end of the text."""
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
    return (unescape(text[at + 1 : close], "'") if opened == at else _half_quoted(text, at, opened, close)), end


def _half_quoted(text: str, at: int, opened: int, close: int) -> str:
    """An argument that is quoted in part, as in `initcol:ip='a,b'`; quotes behind a colon belong to a selector and stay."""
    if text[opened - 1] == ":":
        return text[at : close + 1]
    return text[at:opened] + unescape(text[opened + 1 : close], "'")
