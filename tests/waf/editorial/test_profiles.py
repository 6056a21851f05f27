from __future__ import annotations

from typing import Any

import pytest

from edgeguard.config.model import Content, ContentProfile
from edgeguard.message import Account, Client, Headers, Request
from edgeguard.waf.editorial.profiles import Profiles

EDITOR = Client("203.0.113.7", "203.0.113.7", Account("editor", "token", verified=True))
STRANGER = Client("203.0.113.7", "203.0.113.7", Account("0123", "token", verified=False))


def asked(path: bytes, method: bytes = b"PATCH") -> Request:
    return Request(method, path, path, None, b"https", b"cms.example", Headers())


def found(path: bytes, method: bytes = b"PATCH", client: Client = EDITOR, **settings: Any) -> str | None:
    profiles = Profiles(Content(**settings))
    profile = profiles.find(asked(path, method), client)
    return None if profile is None else profile.name


@pytest.mark.parametrize(
    ("path", "method", "name"),
    [
        (b"/items", b"POST", "items"),
        (b"/items/12", b"PATCH", "items"),
        (b"/api/items/12", b"PUT", "items"),
        (b"/uploads/3", b"PUT", "uploads"),
        (b"/webhooks", b"POST", "webhooks"),
        (b"/graphql", b"POST", "graphql"),
        (b"/items/12", b"GET", None),
        (b"/items/12", b"DELETE", None),
        (b"/itemset", b"POST", None),
        (b"/login", b"POST", None),
        (b"/x/items", b"POST", None),
        (b"/items/..%2Fadmin", b"POST", None),
        (b"/items/%2E%2E/admin", b"POST", None),
        (b"/items;x=1", b"POST", None),
        (b"/items;x=/1", b"POST", None),
        (b"/items//1", b"POST", None),
        (b"/items/%5C..", b"POST", None),
        (b"/items/%00", b"POST", None),
    ],
)
def test_routes(path: bytes, method: bytes, name: str | None) -> None:
    assert found(path, method) == name


@pytest.mark.parametrize(
    ("client", "name"),
    [
        (EDITOR, "items"),
        (STRANGER, None),
        (Client("203.0.113.7", "203.0.113.7"), None),
        (Client("203.0.113.7", "203.0.113.7", vouched=True), "items"),
        (Client("203.0.113.7", "203.0.113.7", STRANGER.account, vouched=True), "items"),
    ],
)
def test_only_who_is_authenticated_writes_content(client: Client, name: str | None) -> None:
    assert found(b"/items", b"POST", client) == name


def test_paths_that_are_left_out_accounts_and_off() -> None:
    profile = {
        "name": "mine",
        "paths": ["/items"],
        "but_not": ["/items/comments"],
        "accounts": ["editor"],
        "fields": {"**": "auto"},
    }
    settings = {"profiles": [ContentProfile.model_validate(profile)]}
    assert found(b"/items/a", **settings) == "mine"
    assert found(b"/items/comments/7", **settings) is None
    other = Client("203.0.113.7", "203.0.113.7", Account("visitor", "token", verified=True))
    assert found(b"/items/a", client=other, **settings) is None
    assert found(b"/items/a", client=Client("203.0.113.7", "203.0.113.7", vouched=True), **settings) is None
    for source in ("host_label", "path_segment"):  # anybody may go there
        named = Client("203.0.113.7", "203.0.113.7", Account("editor", source, verified=False), vouched=True)
        assert found(b"/items/a", client=named, **settings) is None
    assert found(b"/items/a", enabled=False) is None
    assert not Profiles(Content(enabled=False))
