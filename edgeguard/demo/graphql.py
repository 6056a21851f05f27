"""A small, honest part of GraphQL, enough to show how the edge looks into it.

What is read: one anonymous or named `query`, fields with aliases, arguments that are strings, integers, floats or
names, and nested selections. Fragments, variables, directives, lists, input objects, mutations and block strings are answered
with an error that says so. The schema is `items(first, locale)`, `item(id, locale)`, `__typename` and the names that
`__schema { types { name } }` and `__type(name)` tell.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from edgeguard.demo.content import LOCALES

if TYPE_CHECKING:
    from edgeguard.demo.content import Article, Articles

MOST_QUERY = 10_000  # characters
MOST_DEPTH = 16
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_NUMBER = frozenset("-+.0123456789eE")
_MARKS = frozenset("{}():")
_TYPES = {"Query": ("items", "item"), "Article": ("id", "slug", "title", "body", "updated")}


class QueryError(Exception):
    """A query that this small part of GraphQL does not answer; its text is for the client."""


@dataclass(slots=True)
class Selection:
    """One field that is asked for."""

    name: str
    alias: str
    arguments: dict[str, str | float] = field(default_factory=dict)
    children: list[Selection] = field(default_factory=list)


def execute(articles: Articles, query: str) -> dict[str, Any]:
    """The response to `query`, with `data` or with `errors`."""
    try:
        return {"data": {item.alias: _root(articles, item) for item in parse(query)}}
    except QueryError as error:
        return {"errors": [{"message": str(error)}]}


def parse(query: str) -> list[Selection]:
    """What `query` selects at its root.

    Raises:
        QueryError: it is longer or deeper than may be, or uses what is not read here.
    """
    if len(query) > MOST_QUERY:
        raise QueryError(f"a query has at most {MOST_QUERY} characters")
    reader = _Reader(_tokens(query))
    if reader.peek() == "query":
        reader.take()
        if reader.peek() not in ("{", ""):
            reader.take_name()
    selections = reader.selection_set(1)
    if reader.peek():
        raise QueryError("one operation a request")
    return selections


def _tokens(query: str) -> list[str]:
    """Punctuation, names, numbers, and strings with their opening quote kept."""
    tokens: list[str] = []
    at = 0
    while at < len(query):
        char = query[at]
        if char in " \t\r\n,\ufeff":
            at += 1
        elif char == "#":
            end = query.find("\n", at)
            at = len(query) if end < 0 else end
        elif char in _MARKS:
            tokens.append(char)
            at += 1
        elif char == '"':
            end = query.find('"', at + 1)
            if end < 0 or "\\" in query[at:end] or "\n" in query[at:end]:
                raise QueryError("strings are on one line, without escapes")
            tokens.append(query[at:end])
            at = end + 1
        elif char in _NAME or char == "-":
            accepted = _NAME if char.isalpha() or char == "_" else _NUMBER
            end = at + 1
            while end < len(query) and query[end] in accepted:
                end += 1
            tokens.append(query[at:end])
            at = end
        else:
            raise QueryError(f"'{char}' is not read by this small GraphQL: no fragments, variables, directives or lists")
    return tokens


class _Reader:
    """Tokens, read from left to right; "" stands for the end."""

    __slots__ = ("_at", "_tokens")

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self._at += 1
        return token

    def expect(self, mark: str) -> None:
        token = self.take()
        if token != mark:
            raise QueryError(f"expected '{mark}', found {_quoted(token)}")

    def take_name(self) -> str:
        token = self.take()
        if not token or token[0] not in _NAME or token[0].isdigit():
            raise QueryError(f"expected a name, found {_quoted(token)}")
        return token

    def selection_set(self, depth: int) -> list[Selection]:
        if depth > MOST_DEPTH:
            raise QueryError(f"a query is at most {MOST_DEPTH} levels deep")
        self.expect("{")
        selections = [self._selection(depth)]
        while self.peek() != "}":
            selections.append(self._selection(depth))
        self.take()
        return selections

    def _selection(self, depth: int) -> Selection:
        name = alias = self.take_name()
        if self.peek() == ":":
            self.take()
            name = self.take_name()
        selection = Selection(name, alias)
        if self.peek() == "(":
            selection.arguments = self._arguments()
        if self.peek() == "{":
            selection.children = self.selection_set(depth + 1)
        return selection

    def _arguments(self) -> dict[str, str | float]:
        self.expect("(")
        arguments: dict[str, str | float] = {}
        while self.peek() != ")":
            name = self.take_name()
            self.expect(":")
            arguments[name] = _value(self.take())
        self.take()
        return arguments


def _quoted(token: str) -> str:
    return f"'{token}'" if token else "the end"


def _value(token: str) -> str | float:
    if token.startswith('"'):
        return token[1:]
    if token and token[0] in _NUMBER and not token[0].isalpha():
        try:
            return int(token) if token.lstrip("-").isdigit() else float(token)
        except ValueError:
            raise QueryError(f"'{token}' is no number") from None
    if not token or token in _MARKS:
        raise QueryError("an argument needs a value")
    return token


def _root(articles: Articles, item: Selection) -> object:
    if item.name == "__typename":
        return "Query"
    if item.name == "__schema":
        return _pick({"types": [_describe(name) for name in _TYPES], "queryType": {"name": "Query"}}, item)
    if item.name == "__type":
        name = item.arguments.get("name")
        return _pick(_describe(name), item) if isinstance(name, str) and name in _TYPES else None
    locale = item.arguments.get("locale", LOCALES[0])
    if item.name == "items":
        first = item.arguments.get("first", 10)
        if not isinstance(first, int) or not 1 <= first <= 50:
            raise QueryError("first is a number from 1 to 50")
        return [_pick(_article(article, str(locale)), item) for article in articles.page(1, first)]
    if item.name == "item":
        article = articles.get(str(item.arguments.get("id", "")))
        return None if article is None else _pick(_article(article, str(locale)), item)
    raise QueryError(f"Query has no field '{item.name}'")


def _describe(name: str) -> dict[str, Any]:
    return {"__typename": "__Type", "kind": "OBJECT", "name": name, "fields": [{"name": field} for field in _TYPES[name]]}


def _article(article: Article, locale: str) -> dict[str, Any]:
    return {
        "__typename": "Article",
        "id": article.id,
        "slug": article.slug,
        "title": article.title(locale),
        "body": article.body(locale),
        "updated": article.updated,
    }


def _pick(value: object, item: Selection) -> object:
    """Of `value` only what is selected."""
    if isinstance(value, list):
        return [_pick(one, item) for one in value]
    if not isinstance(value, dict):
        if item.children:
            raise QueryError(f"'{item.name}' has no fields")
        return value
    if not item.children:
        raise QueryError(f"say which fields of '{item.name}' you want")
    picked: dict[str, object] = {}
    for child in item.children:
        if child.name not in value:
            raise QueryError(f"'{item.name}' has no field '{child.name}'")
        picked[child.alias] = _pick(value[child.name], child)
    return picked
