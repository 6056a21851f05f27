from __future__ import annotations

from typing import Any

import pytest

from edgeguard.config.model import GraphQL
from edgeguard.message import Account, Client
from edgeguard.waf.graphql.limits import Limits
from edgeguard.waf.graphql.request import Asked

NOBODY = Client("203.0.113.7", "203.0.113.7")
PARTNER = Client("203.0.113.7", "203.0.113.7", Account("partner", "token", verified=True))


def judged(*documents: str, client: Client = NOBODY, **settings: Any) -> str:
    limits = Limits(GraphQL.model_validate(settings))
    return limits.judge([Asked(document.encode(), {}) for document in documents], client)[1]


@pytest.mark.parametrize(
    ("documents", "settings", "why"),
    [
        (["{a{b}}"], {"depth": 2}, ""),
        (["{a{b}}"], {"depth": 1}, "depth 2 is beyond 1"),
        (["{x:a y:b}"], {"aliases": 1}, "aliases 2 is beyond 1"),
        (["{x:a}", "{y:b}"], {"aliases": 1}, "aliases 2 is beyond 1"),
        (["{a@x@y}"], {"directives": 1}, "directives 2 is beyond 1"),
        (["{a}", "{b}"], {"operations": 1}, "operations 2 is beyond 1"),
        (["query A {a} query B {b}"], {"operations": 1}, "operations 2 is beyond 1"),
        (["{a(first: 9){b}}"], {"cost": 9}, "cost 10 is beyond 9"),
        (["{...A} fragment A on T {...A}"], {}, "fragments that hold themselves"),
        (["not a document"], {"depth": 1}, ""),
        ([], {"depth": 1}, ""),
    ],
)
def test_limits(documents: list[str], settings: dict[str, Any], why: str) -> None:
    assert judged(*documents, **settings) == why


@pytest.mark.parametrize(
    ("introspection", "client", "passes"),
    [
        ("allow", NOBODY, True),
        ("authenticated", NOBODY, False),
        ("authenticated", PARTNER, True),
        ("authenticated", Client("203.0.113.7", "203.0.113.7", Account("partner", "header", verified=False)), False),
        ("deny", PARTNER, False),
    ],
)
def test_introspection(introspection: str, client: Client, passes: bool) -> None:
    assert (judged("{__schema{types{name}}}", client=client, introspection=introspection) == "") is passes


def test_an_account_has_limits_of_its_own() -> None:
    settings = {"depth": 1, "aliases": 0 + 1, "accounts": {"partner": {"depth": 3}}}
    assert judged("{a{b}}", **settings)
    assert not judged("{a{b}}", client=PARTNER, **settings)
    assert judged("{x:a y:b}", client=PARTNER, **settings)


def test_the_usual_introspection_fits_the_defaults() -> None:
    of_type = "kind name" + " ofType { kind name" * 9 + " }" * 9
    document = f"{{ __schema {{ types {{ fields {{ args {{ type {{ {of_type} }} }} }} }} }} }}"
    assert judged(document, client=PARTNER) == ""
    assert judged(document) == "introspection is for authenticated accounts"


def test_paths() -> None:
    limits = Limits(GraphQL())
    assert limits.cover(b"/graphql")
    assert limits.cover(b"/api/graphql/preview")
    assert not limits.cover(b"/items")
