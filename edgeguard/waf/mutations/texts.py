"""Other ways to write a text that a grammar, or a lenient reader, takes for the same: of SQL, script, a shell, a path.

A mutation gives a few variants of a text, or none where it has nothing to change. What it gives is text; how that is encoded on
the wire is the place's matter.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Grammar = Literal["sql", "script", "shell", "path"]

GRAMMARS: Final[dict[str, Grammar]] = {
    "cwe/89": "sql", "cwe/564": "sql", "cwe/79": "script", "cwe/80": "script", "cwe/87": "script",
    "cwe/78": "shell", "cwe/77": "shell", "cwe/88": "shell",
    "cwe/22": "path", "cwe/23": "path", "cwe/36": "path", "cwe/98": "path",
}  # fmt: skip
_SQL_WORDS: Final = frozenset({
    "select", "union", "all", "from", "where", "and", "or", "not", "like", "insert", "into", "values", "update", "set", "delete",
    "drop", "table", "exec", "execute", "having", "order", "by", "group", "case", "when", "then", "else", "end", "null",
    "distinct", "between", "is", "in", "exists", "sleep", "benchmark", "declare", "waitfor", "delay", "limit", "cast", "convert",
})  # fmt: skip
_ENTITIES: Final = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ():")
_PAIR: Final = 2


@dataclass(frozen=True, slots=True)
class TextMutation:
    """A way to write a text otherwise.

    Attributes:
        grammars: what the text must be of; empty for any.
        in_fields: also for paths and header fields, which are short and of one form.
    """

    name: str
    says: str
    make: Callable[[str], Iterator[str]]
    grammars: frozenset[Grammar] = frozenset()
    in_fields: bool = True


def _case(text: str) -> Iterator[str]:
    yield text.upper()
    yield text.lower()
    yield "".join(char.upper() if at % 2 else char.lower() for at, char in enumerate(text))


def _sql_comments(text: str) -> Iterator[str]:
    for gap in ("/**/", "/*a*/", "/*!*/", "--\n", "#a\n"):
        yield text.replace(" ", gap)


def _sql_version_comments(text: str) -> Iterator[str]:
    yield _by_word(text, lambda word: f"/*!{word}*/" if word.lower() in _SQL_WORDS else word)
    yield _by_word(text, lambda word: f"/*!50000{word}*/" if word.lower() in _SQL_WORDS else word)


def _sql_space(text: str) -> Iterator[str]:
    for gap in ("\t", "\n", "\r\n", "\x0b", "\x0c", "  ", "\xa0"):
        yield text.replace(" ", gap)


def _sql_equivalents(text: str) -> Iterator[str]:
    yield _by_word(text, lambda word: {"or": "||", "and": "&&"}.get(word.lower(), word))
    yield text.replace("=", " like ")
    yield text.replace("=", " between 1 and ") if "1=1" in text else text
    yield text.replace("1=1", "2>1").replace("'1'='1", "'2'>'1")
    yield _by_word(text, lambda word: f"0x{int(word):x}" if word.isdigit() and len(word) < 6 else word)


def _sql_strings(text: str) -> Iterator[str]:
    """Literals in two pieces."""
    for glue in ("'||'", "' '", "'+'"):
        yield _in_quotes(text, "'", glue)


def _entities(text: str) -> Iterator[str]:
    """Character references where HTML decodes them: in the values of attributes."""
    for form in (lambda char: f"&#{ord(char)};", lambda char: f"&#x{ord(char):x};", lambda char: f"&#{ord(char):07d}"):
        yield _in_attributes(text, form)
    yield text.replace(":", "&colon;").replace("(", "&lpar;").replace(")", "&rpar;") if "=" in text else text
    yield text.replace("javascript:", "java&Tab;script:").replace("JavaScript:", "Java&NewLine;Script:")


def _script_space(text: str) -> Iterator[str]:
    for gap in ("/", "\n", "\t", "\x0c", "\r"):
        yield _in_tags(text, gap)


def _script_names(text: str) -> Iterator[str]:
    """Names written with JavaScript's escapes, and called in other ways."""
    for name in ("alert", "eval", "prompt", "confirm", "fetch", "document"):
        if name in text:
            yield text.replace(name, f"\\u{ord(name[0]):04x}{name[1:]}")
            yield text.replace(name, f"\\u{{{ord(name[0]):x}}}{name[1:]}")
            yield text.replace(name, f"window['{name[:2]}'+'{name[2:]}']")
            yield text.replace(f"{name}(", f"({name})(").replace(f"{name}`", f"({name})`")
            return


def _shell_quotes(text: str) -> Iterator[str]:
    for mark in ("''", '""', "\\", "$@", "${x}"):
        yield _by_word(text, lambda word, mark=mark: f"{word[0]}{mark}{word[1:]}" if _is_name(word) else word)  # type: ignore[misc]


def _shell_space(text: str) -> Iterator[str]:
    for gap in ("${IFS}", "$IFS$9", "\t", "<"):
        head, space, rest = text.strip().rpartition(" ")
        yield f"{head}{gap}{rest}" if space else text


def _shell_globs(text: str) -> Iterator[str]:
    yield _by_word(text, lambda word: f"{word[0]}?{word[2:]}" if _is_name(word) else word, only_behind="/")
    yield _by_word(text, lambda word: f"{word[0]}*{word[2:]}" if _is_name(word) else word, only_behind="/")


def _path_dots(text: str) -> Iterator[str]:
    for dots in ("..\\", "....//", "..;/", "./../", "..//", ".%2e/", "..%2f", "..%5c"):
        yield text.replace("../", dots)
    yield text.replace("..\\", "../")


def _full_width(text: str) -> Iterator[str]:
    yield "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" and not char.isalnum() else char for char in text)
    yield "".join(chr(ord(char) + 0xFEE0) if "!" <= char <= "~" else char for char in text)


def _nulls(text: str) -> Iterator[str]:
    yield text + "\0"


def _script_nulls(text: str) -> Iterator[str]:
    yield _by_word(text, lambda word: f"{word[0]}\0{word[1:]}" if len(word) > _PAIR else word)


def _padding(text: str) -> Iterator[str]:
    yield f"{text} {'lorem ipsum ' * 400}"


def _base64(text: str) -> Iterator[str]:
    from base64 import b64encode  # noqa: PLC0415 - one mutation of twenty needs it

    yield b64encode(text.encode()).decode()


TEXTS: Final = (
    TextMutation("case", "upper, lower and mixed case", _case, frozenset({"sql", "script"})),
    TextMutation("sql-comments", "comments in place of spaces", _sql_comments, frozenset({"sql"})),
    TextMutation("sql-version-comments", "key words in MySQL's comments that run", _sql_version_comments, frozenset({"sql"})),
    TextMutation("sql-space", "other white space", _sql_space, frozenset({"sql"})),
    TextMutation("sql-equivalents", "other operators and numbers that mean the same", _sql_equivalents, frozenset({"sql"})),
    TextMutation("sql-strings", "string literals in pieces", _sql_strings, frozenset({"sql"})),
    TextMutation("entities", "HTML's character references within attributes", _entities, frozenset({"script"})),
    TextMutation("script-space", "other characters between a tag's name and attributes", _script_space, frozenset({"script"})),
    TextMutation("script-names", "JavaScript's escapes, and names in pieces", _script_names, frozenset({"script"})),
    TextMutation("shell-quotes", "quotes, backslashes and empty variables within words", _shell_quotes, frozenset({"shell"})),
    TextMutation("shell-space", "what a shell takes for a space", _shell_space, frozenset({"shell"})),
    TextMutation("shell-globs", "wildcards in paths", _shell_globs, frozenset({"shell"})),
    TextMutation("path-dots", "other ways up", _path_dots, frozenset({"path"})),
    TextMutation("full-width", "full-width forms of ASCII", _full_width),
    TextMutation("script-nulls", "NUL within words", _script_nulls, frozenset({"script"})),
    TextMutation("nulls", "NUL at the end", _nulls),
    TextMutation("padding", "5 KB of prose behind it", _padding, in_fields=False),
    TextMutation("base64", "Base64 of the whole value", _base64, in_fields=False),
)


def _is_name(word: str) -> bool:
    return len(word) > _PAIR and word.isalpha()


def _by_word(text: str, change: Callable[[str], str], only_behind: str = "") -> str:
    """`text` with each run of letters and digits changed; only those that stand behind one character where it is named."""
    made: list[str] = []
    at = 0
    while at < len(text):
        end = at
        while end < len(text) and (text[end].isalnum() or text[end] == "_"):
            end += 1
        if end == at:
            made.append(text[at])
            at += 1
            continue
        word = text[at:end]
        made.append(change(word) if not only_behind or text[at - 1 : at] == only_behind else word)
        at = end
    return "".join(made)


def _in_quotes(text: str, quote: str, glue: str) -> str:
    parts = text.split(quote)
    for number in range(1, len(parts) - 1, 2):
        if len(parts[number]) >= _PAIR and parts[number].isalnum():
            parts[number] = parts[number][0] + glue + parts[number][1:]
    return quote.join(parts)


def _in_attributes(text: str, form: Callable[[str], str]) -> str:
    """`text` with the value of the last attribute of its first tag changed."""
    tag, end, tail = text.partition(">")
    head, sign, value = tag.rpartition("=")
    if not sign or "<" not in head:
        return text
    return head + sign + "".join(form(char) if char in _ENTITIES else char for char in value) + end + tail


def _in_tags(text: str, gap: str) -> str:
    head, bracket, rest = text.partition("<")
    name, space, more = rest.partition(" ")
    return f"{head}{bracket}{name}{gap}{more}" if space and name.isalnum() else text
