from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from edgeguard.config import model
from edgeguard.config.model import Config, FromJWT, FromToken, Identity, account_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECTIONS = [item for _, item in inspect.getmembers(model, inspect.isclass) if issubclass(item, model.Section)]


@pytest.mark.parametrize("section", SECTIONS, ids=lambda item: item.__name__)
def test_no_section_takes_unknown_keys_or_changes(section: type[model.Section]) -> None:
    assert section.model_config["extra"] == "forbid"
    assert section.model_config["frozen"] is True


def test_frozen() -> None:
    with pytest.raises(ValidationError):
        Identity().forwarded = "forwarded"  # type: ignore[misc]  # that it is refused is the point


def test_one_url_and_several(load: Callable[..., Config]) -> None:
    listeners = "listeners: [{port: 8080}]\n"
    assert load(listeners + "origin: {url: http://a:1}").origin.urls == ["http://a:1"]
    assert load(listeners + "origin: {urls: [http://a:1, https://b]}").origin.urls == ["http://a:1", "https://b"]


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a",
        "127.0.0.1:8055",
        "http://",
        "http://a:99999",
        "http://a:0",
        "http://a/path",
        "http://a/?q",
        "http://a#f",
        "http://[::1",
    ],
)
def test_what_is_no_origin(faults: Callable[..., list[str]], url: str) -> None:
    told = faults(f"listeners: [{{port: 8080}}]\norigin:\n  url: '{url}'\n")
    assert told == [f"3: origin.url: '{url}' is no origin; write it like http://127.0.0.1:8055, with nothing after the port"]


def test_credentials_in_an_origin_are_refused_and_not_shown(faults: Callable[..., list[str]]) -> None:
    (told,) = faults("listeners: [{port: 8080}]\norigin: {url: 'http://me:hunter2@a'}\n")
    assert "user information" in told
    assert "hunter2" not in told


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("limits: {store: redis}", "3: limits.store asks for Redis, but there is no 'redis' section with a url"),
        ("cache: {redis: true}", "3: cache.redis asks for Redis, but there is no 'redis' section with a url"),
        ("routes:\n  - {name: a}\n  - {name: a}", "5: two routes are called 'a'"),
        ("routes:\n  - {name: default}", "4: 'default' is the name of what no route takes"),
        (
            "routes:\n  - name: a\n    policies:\n      - address\n      - gone",
            "7: route 'a' names the limit 'gone', which limits.policies does not have",
        ),
        (
            "limits:\n  policies:\n    - {name: a, key: route, requests: 1}\n    - {name: a, key: route, requests: 1}",
            "6: two policies are called 'a'",
        ),
        ("admit: {paths: [api]}", "3: admit.paths[0]: 'api' is no path; write it like /assets, /items/* or /files/**"),
        ("admit: {paths: [/a%2]}", "3: admit.paths[0]: '/a%2': a % must be followed by two hexadecimal digits"),
        ("admit: {paths: ['/a?b']}", "3: admit.paths[0]: '/a?b': a path ends before ? and #; rules can look at the query"),
        (
            "identity: {accounts: [{header: 'X Account'}]}",
            "3: identity.accounts[0].header: 'X Account' is no field's name; write it like x-account",
        ),
        ("admit: {methods: [get]}", "3: admit.methods[0]: 'get' is no method; methods are written in capitals, like GET"),
    ],
)
def test_what_does_not_fit_together(faults: Callable[..., list[str]], minimum: str, text: str, told: str) -> None:
    assert faults(f"{minimum}{text}\n") == [told]


@pytest.mark.parametrize("host", ["a:80", "https://a", "a.*.b", "", "*.", "a b", "me@a"])
def test_what_is_no_host(faults: Callable[..., list[str]], minimum: str, host: str) -> None:
    (told,) = faults(f"{minimum}admit: {{hosts: ['{host}']}}\n")
    assert told.startswith(f"3: admit.hosts[0]: '{host}' is no host name")


def test_two_listeners_in_one_place(faults: Callable[..., list[str]], load: Callable[..., Config]) -> None:
    origin = "origin: {url: http://a}\n"
    assert faults(origin + "listeners:\n  - {port: 80}\n  - {port: 81}\n  - {port: 80}\n") == [
        "5: two listeners share an address and a port"
    ]
    assert len(load(origin + "listeners: [{port: 0}, {port: 0}]\n").listeners) == 2


def test_known_tokens_need_a_key_that_lasts(
    faults: Callable[..., list[str]], load: Callable[..., Config], minimum: str, tmp_path: Path
) -> None:
    (tmp_path / "tokens.yaml").touch()
    accounts = "  accounts: [{token: authorization, known: tokens.yaml}]\n"
    (told,) = faults(f"{minimum}identity:\n{accounts}")
    assert told.startswith("4: 'known' needs identity.key_file or identity.key")
    assert isinstance(load(f"{minimum}identity:\n  key: hunter2hunter2\n{accounts}").identity.accounts[0], FromToken)
    (told,) = faults(f"{minimum}identity:\n  key: hunter2hunter2\n  key_file: tokens.yaml\n")
    assert told == "5: identity has both 'key' and 'key_file'; one of them must go"


def test_account_kinds() -> None:
    assert account_kind({"jwt": "sub", "header": "x"}) == account_kind(FromJWT) == "from jwt"
    assert account_kind({"header": "x"}) == "from header"
    assert account_kind(FromToken()) == "from token"
    assert account_kind({}) is None
    assert account_kind("token") is None


def test_secrets_have_no_readable_repr() -> None:
    settings = Identity.model_validate({"key": "hunter2hunter2"})
    assert "hunter2" not in repr(settings)


def test_samples_are_off_unless_asked_for_and_name_routes_that_are_there(
    faults: Callable[..., list[str]], load: Callable[..., Config], minimum: str, tmp_path: Path
) -> None:
    (tmp_path / "k").touch()
    assert load(minimum).observe.samples is None
    samples = minimum + "observe:\n  samples: {folder: s, key_file: k, routes: {%s: 0.5}}\n"
    found = load(samples % "default").observe.samples
    assert found is not None
    assert (found.folder, found.key_file, found.routes) == (str(tmp_path / "s"), tmp_path / "k", {"default": 0.5})
    assert faults(samples % "gone") == ["4: 'gone' is no route; 'routes' does not have it"]
    (told,) = faults(minimum + "observe:\n  samples: {folder: s}\n")
    assert "key_file" in told
