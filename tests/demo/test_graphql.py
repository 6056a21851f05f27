from __future__ import annotations

import pytest

from edgeguard.demo.content import Articles
from edgeguard.demo.graphql import MOST_DEPTH, MOST_QUERY, QueryError, execute, parse


def test_fields_arguments_and_aliases() -> None:
    query = """query Two {
        some: items(first: 2, locale: "de") { id, title }
        item(id: "3") { slug __typename }
        nothing: item(id: 99) { id }
    }"""
    assert execute(Articles(), query) == {
        "data": {
            "some": [{"id": "1", "title": "Willkommen im Demo-CMS"}, {"id": "2", "title": "Was ist ein Headless-CMS?"}],
            "item": {"slug": "sql-injection-explained", "__typename": "Article"},
            "nothing": None,
        }
    }


def test_introspection_tells_the_types() -> None:
    assert execute(Articles(), "{ __schema { types { name fields { name } } } }") == {
        "data": {
            "__schema": {
                "types": [
                    {"name": "Query", "fields": [{"name": "items"}, {"name": "item"}]},
                    {"name": "Article", "fields": [{"name": n} for n in ("id", "slug", "title", "body", "updated")]},
                ]
            }
        }
    }
    assert execute(Articles(), '{ __type(name: "Article") { kind } }') == {"data": {"__type": {"kind": "OBJECT"}}}


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("", "expected '{', found the end"),
        ("{", "expected a name, found the end"),
        ("{}", "expected a name, found '}'"),
        ("{ __typename } { __typename }", "one operation a request"),
        ("mutation { x }", "expected '{', found 'mutation'"),
        ("{ ...F }", "'.' is not read by this small GraphQL"),
        ("query Q($a: ID) { x }", "'$' is not read by this small GraphQL"),
        ('{ item(id: "', "strings are on one line"),
        ("{ item(id: ) { id } }", "an argument needs a value"),
        ("{ item(id: -e) { id } }", "'-e' is no number"),
        ("{ items(first: 51) { id } }", "first is a number from 1 to 50"),
        ("{ items }", "say which fields of 'items' you want"),
        ("{ items { id { x } } }", "'id' has no fields"),
        ("{ items { secret } }", "'items' has no field 'secret'"),
        ("{ users { id } }", "Query has no field 'users'"),
    ],
)
def test_what_is_not_answered_says_why(query: str, message: str) -> None:
    assert message in execute(Articles(), query)["errors"][0]["message"]


def test_length_and_depth_are_bounded() -> None:
    parse("{a" * MOST_DEPTH + "}" * MOST_DEPTH)
    with pytest.raises(QueryError, match="levels deep"):
        parse("{a" * (MOST_DEPTH + 1) + "}" * (MOST_DEPTH + 1))
    parse("{a}" + " " * (MOST_QUERY - 3))
    with pytest.raises(QueryError, match="characters"):
        parse("{a}" + " " * (MOST_QUERY - 2))


def test_comments_are_skipped() -> None:
    assert execute(Articles(), "{ __typename # it's a query }\n}# end") == {"data": {"__typename": "Query"}}
