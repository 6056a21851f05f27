r"""The words of a command line as a shell parts them, with `$'…'`, which browsers write: quotes and backslashes, nothing else."""

from __future__ import annotations

from edgeguard.waf.faults import Refused

_BLANK = " \t\r\n"
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v", "e": "\x1b"}
_HEX = {"x": 2, "u": 4, "U": 8}


def shell_words(text: str) -> list[str]:
    """The words.

    Raises:
        Refused: a quote is not closed.
    """
    words: list[str] = []
    word: list[str] | None = None
    at = 0
    while at < len(text):
        sign = text[at]
        if sign in _BLANK:
            if word is not None:
                words.append("".join(word))
            word = None
            at += 1
            continue
        if sign == "\\" and text[at + 1 : at + 2] in ("\n", "\r"):  # the line goes on
            at += 3 if text[at + 1 : at + 3] == "\r\n" else 2
            continue
        word = [] if word is None else word
        if sign == "'":
            at = _plain(text, at + 1, word)
        elif sign == '"':
            at = _double(text, at + 1, word)
        elif text.startswith("$'", at):
            at = _escaped(text, at + 2, word)
        elif sign == "\\":
            word.append(text[at + 1 : at + 2])
            at += 2
        else:
            word.append(sign)
            at += 1
    return words if word is None else [*words, "".join(word)]


def _plain(text: str, at: int, word: list[str]) -> int:
    end = text.find("'", at)
    if end < 0:
        raise Refused("a quote ' is not closed")
    word.append(text[at:end])
    return end + 1


def _double(text: str, at: int, word: list[str]) -> int:
    while at < len(text):
        sign = text[at]
        if sign == '"':
            return at + 1
        if sign == "\\" and text[at + 1 : at + 2] in ("\\", '"', "$", "`", "\n"):
            word.append("" if text[at + 1] == "\n" else text[at + 1])
            at += 2
        else:
            word.append(sign)
            at += 1
    raise Refused('a quote " is not closed')


def _escaped(text: str, at: int, word: list[str]) -> int:
    while at < len(text):
        sign = text[at]
        if sign == "'":
            return at + 1
        if sign != "\\":
            word.append(sign)
            at += 1
            continue
        kind = text[at + 1 : at + 2]
        at += 2
        if kind in _HEX:
            digits = ""
            while len(digits) < _HEX[kind] and text[at : at + 1] and text[at] in "0123456789abcdefABCDEF":
                digits += text[at]
                at += 1
            number = int(digits or "0", 16)
            # \x writes one byte, \u a character
            word.append(chr(number) if kind != "x" or number < 128 else bytes([number]).decode("utf-8", "surrogateescape"))
        else:
            word.append(_ESCAPES.get(kind, kind))
    raise Refused("a quote $' is not closed")
