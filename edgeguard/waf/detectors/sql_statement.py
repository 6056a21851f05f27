"""Whether tokens are the beginning of a statement of its own: DROP TABLE x, EXEC xp_..., WAITFOR DELAY '...'.

Prose has such verbs too ("drop everything and read"), so each must be followed by what its grammar asks for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from edgeguard.waf.detectors.sql_words import DANGEROUS, SECOND

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from edgeguard.waf.detectors.sql_tokens import Token

_LOOK = 8
_NAMES = ("word", "name", "text", "variable", "literal")
_ENDS = ("", ";", "comment", "(", ",", "open")
_SELECTED = ("*", "number", "text", "literal", "variable", "name", "(", "case")

Tokens = list["Token"]


def follows(verb: Token, more: Iterator[Token], *, joined: bool = False) -> bool:
    """Whether `verb` and what comes next begin a statement. Takes at most `_LOOK` tokens.

    With `joined`, no semicolon stands before it, as SQL Server allows; fewer statements are tried there.
    """
    name = verb[1]
    check = (_JOINED if joined else _CHECKS).get(name)
    if joined and check is None and name not in _TRIED:
        return False
    if check is None and name not in SECOND:
        return False
    tokens = []
    for token in more:
        tokens.append(token)
        if len(tokens) == _LOOK:
            break
    kinds = [token[0] for token in tokens] + [""] * _LOOK
    words = [token[1] for token in tokens] + [b""] * _LOOK
    if check is not None:
        return check(kinds, words)
    if name == b"delete" and words[0] != b"from":
        kinds, words = kinds[1:], words[1:]
    return words[0] in SECOND[name] and _object(name, kinds, words)


def _object(verb: bytes, kinds: list[str], words: list[bytes]) -> bool:
    """What the verb is done to, and behind its name nothing that a sentence would go on with."""
    at = 1
    while words[at] in (b"if", b"not", b"exists", b"or", b"replace", b"table", b"view", b"into", b"only"):
        at += 1
    if verb == b"load":
        return words[at] in (b"infile", b"local", b"low_priority", b"concurrent")
    if verb in (b"waitfor", b"alter", b"backup", b"restore", b"attach"):
        return kinds[at] in (*_NAMES, "open", "clause") and (kinds[at] != "word" or verb != b"waitfor")
    if kinds[at] not in _NAMES:
        return False
    at += 1
    while kinds[at] == "." and at + 2 < len(kinds):
        at += 2
    return kinds[at] in _ENDS or words[at] in (
        b"values",
        b"select",
        b"set",
        b"where",
        b"cascade",
        b"as",
        b"returns",
        b"on",
        b"identified",
        b"default",
        b"for",
    )


def _procedure(kinds: list[str], words: list[bytes]) -> bool:
    name = words[0]
    return name[:3] in (b"xp_", b"sp_") or (name in (b"immediate", b"master") and kinds[1] in (".", "text"))


def _variable(kinds: list[str], _words: list[bytes]) -> bool:
    return kinds[0] == "variable" and kinds[1] in ("word", "as", "table")


def _executed(kinds: list[str], words: list[bytes]) -> bool:
    if kinds[0] in ("(", "text", "open", "variable", "name"):
        return True
    name = words[0]
    if name == b"as":
        return words[1] in (b"login", b"user") and kinds[2] in ("=", "compare", "text", "open")
    if name in DANGEROUS or name[:3] in (b"xp_", b"sp_") or name in (b"immediate", b"master"):
        return True
    return kinds[0] == "word" and kinds[1] in (".", ";", "comment", "text", "variable", "(")


def _updated(kinds: list[str], words: list[bytes]) -> bool:
    at = 1
    while kinds[at] == "." and at < 4:
        at += 2
    return kinds[0] in _NAMES and words[at] == b"set" and kinds[at + 1] in _NAMES and words[at + 2] in (b"=", b".", b":=")


def _declared(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] == "variable" or (kinds[0] == "word" and words[1] in (b"int", b"integer", b"varchar", b"varchar2", b"cursor"))


def _stopped(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] in ("", ";", "comment") or words[0] in (b"with", b"immediate", b"abort")


def _granted(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] in ("word", "quantity", "statement", "select") and bool({b"on", b"to", b"from"}.intersection(words[1:4]))


def _copied(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] in ("word", "(") and bool({b"to", b"from", b"program"}.intersection(words[1:]))


def _selected(kinds: list[str], words: list[bytes]) -> bool:
    if kinds[0] == "quantity":
        kinds, words = kinds[1:], words[1:]
    if kinds[0] in _SELECTED:
        return True
    return kinds[0] == "word" and (
        kinds[1] in ("(", ",", ".", ";", "comment") or (words[1] == b"from" and kinds[2] in _NAMES and kinds[3] in _ENDS)
    )


def _valued(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] in ("variable", "word") and words[1] in (b"=", b":=")


def _done(kinds: list[str], _words: list[bytes]) -> bool:
    return kinds[0] in ("text", "open")


def _called(kinds: list[str], _words: list[bytes]) -> bool:
    return kinds[0] == "word" and kinds[1] in ("(", ".")


def _begun(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] in ("statement", "select") or words[0] in (b"dbms_lock", b"dbms_pipe", b"null")


def _used(kinds: list[str], _words: list[bytes]) -> bool:
    return kinds[0] == "word" and kinds[1] == ";"


def _printed(kinds: list[str], _words: list[bytes]) -> bool:
    return kinds[0] in ("text", "variable") and kinds[1] == ";"


def _if(kinds: list[str], words: list[bytes]) -> bool:
    """T-SQL's IF, told from those of other languages by what it guards or asks."""
    for at in range(1, _LOOK):
        kind, word = kinds[at], words[at]
        if kind == "select" and kinds[at - 1] in ("(", ",", ")") and kinds[at + 1] in ("", "word", *_SELECTED):
            return True
        if (word == b"waitfor" and words[at + 1] in (b"", b"delay", b"time")) or (word == b"drop" and words[at + 1] in _DROPPED):
            return True
    return False


def _pragma(kinds: list[str], words: list[bytes]) -> bool:
    return kinds[0] == "word" and words[1] in (b"=", b"(")


_CHECKS: dict[bytes, Callable[[list[str], list[bytes]], bool]] = {
    b"exec": _executed,
    b"execute": _executed,
    b"update": _updated,
    b"declare": _declared,
    b"shutdown": _stopped,
    b"grant": _granted,
    b"revoke": _granted,
    b"copy": _copied,
    b"select": _selected,
    b"set": _valued,
    b"do": _done,
    b"call": _called,
    b"begin": _begun,
    b"pragma": _pragma,
    b"reconfigure": _stopped,
    b"use": _used,
    b"print": _printed,
    b"if": _if,
}
_DROPPED = (b"", b"function", b"table", b"database", b"procedure", b"login", b"user")
_JOINED: dict[bytes, Callable[[list[str], list[bytes]], bool]] = {
    b"exec": _procedure,
    b"execute": _procedure,
    b"update": _updated,
    b"declare": _variable,
}
_TRIED = frozenset((*_JOINED, b"drop", b"insert", b"delete", b"waitfor"))
VERBS = frozenset((*_CHECKS, *SECOND))
