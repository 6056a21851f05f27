from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
from pydantic import BaseModel

from edgeguard.config.bundled import bundled
from edgeguard.config.files import FOLDERS, READ
from edgeguard.config.model import Config, FromJWT, FromToken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Faults = Callable[..., list[str]]
    Load = Callable[..., Config]

SECURE = """listeners:
  - port: 8443
    tls:
      certificate: {certificate}
      key: {key}
origin: {{url: http://127.0.0.1:8055}}
"""


def paths_of(model: type[BaseModel], place: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Where a model has fields of type Path; `*` stands for a list's entries."""
    for name, field in model.model_fields.items():
        yield from _paths_in(field.annotation, (*place, name))


def _paths_in(annotation: Any, place: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if annotation is Path:
        yield place
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield from paths_of(annotation, place)
    else:
        step = ("*",) if getattr(annotation, "__origin__", None) is list else ()
        for member in get_args(annotation):
            yield from _paths_in(member, (*place, *step))


def test_every_path_of_the_model_is_made_absolute() -> None:
    settled = {*READ, *FOLDERS}
    assert settled == set(paths_of(Config)), "a Path in the model must stand in files.READ, and what stands there in the model"


def test_relative_paths_start_at_the_files_folder(load: Load, minimum: str, tmp_path: Path) -> None:
    for name in ("a.key", "tokens.yaml", "jwt.pem"):
        (tmp_path / name).write_text("x")
    config = load(f"""{minimum}identity:
  key_file: a.key
  accounts:
    - {{token: authorization, known: tokens.yaml}}
    - {{jwt: sub, key: {tmp_path}/jwt.pem, algorithms: [RS256]}}
observe: {{access_log: access.log, event_log: /dev/null}}
""")
    assert config.identity.key_file == tmp_path / "a.key"
    token, signed = config.identity.accounts
    assert isinstance(token, FromToken)
    assert token.known == tmp_path / "tokens.yaml"
    assert isinstance(signed, FromJWT)
    assert signed.key == tmp_path / "jwt.pem"
    assert (config.observe.access_log, config.observe.event_log) == (str(tmp_path / "access.log"), "/dev/null")


def test_streams_are_no_files(load: Load, minimum: str) -> None:
    observe = load(minimum + "observe: {access_log: stderr, event_log: off}\n").observe
    assert (observe.access_log, observe.event_log) == ("stderr", "off")


def test_what_is_missing_is_told_at_its_line(faults: Faults, minimum: str, tmp_path: Path) -> None:
    text = f"{minimum}identity:\n  key_file: gone\nredis:\n  url: redis://a\n  ca: .\nobserve:\n  access_log: no/where.log\n"
    assert faults(text) == [
        f"4: {tmp_path}/gone does not exist",
        f"7: {tmp_path} is no file",
        f"9: the folder {tmp_path}/no does not exist",
    ]


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_file_that_may_not_be_read(faults: Faults, minimum: str, tmp_path: Path) -> None:
    (tmp_path / "secret").touch(mode=0o000)
    (told,) = faults(f"{minimum}identity: {{key_file: secret}}\n")
    assert told.endswith("can't be read; its permissions forbid it")


def test_rules(load: Load, faults: Faults, minimum: str, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a.yaml").touch()
    config = load(minimum + "waf: {rules: [mine, 'mine/*.yaml', 'mine/a.yaml']}\n")
    assert config.waf.rules == [f"{tmp_path}/mine", f"{tmp_path}/mine/*.yaml", f"{tmp_path}/mine/a.yaml"]
    assert faults(minimum + "waf:\n  rules:\n    - gone\n    - 'mine/*.conf'\n") == [
        f"5: {tmp_path}/gone does not exist or can't be read",
        f"6: no file fits {tmp_path}/mine/*.conf",
    ]


def test_rules_that_are_not_named(load: Load, minimum: str, tmp_path: Path) -> None:
    assert load(minimum).waf.rules == [str(bundled("rules"))]
    (tmp_path / "rules").mkdir()
    assert load(minimum).waf.rules == [str(bundled("rules")), str(tmp_path / "rules")]


def test_rules_that_come_with_edgeguard_have_a_name(load: Load, minimum: str, tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    assert load(minimum + "waf: {rules: [bundled, rules]}\n").waf.rules == [str(bundled("rules")), str(tmp_path / "rules")]
    assert load(minimum + "waf: {rules: [rules]}\n").waf.rules == [str(tmp_path / "rules")]


def test_a_certificate_with_its_key(load: Load, certify: Callable[..., None], tmp_path: Path) -> None:
    certify("a")
    tls = load(SECURE.format(certificate="a.pem", key="a.key")).listeners[0].tls
    assert tls is not None
    assert tls.certificate == tmp_path / "a.pem"


def test_certificates_that_will_not_do(faults: Faults, certify: Callable[..., None], tmp_path: Path) -> None:
    for name, arguments in (
        ("a", {}),
        ("b", {}),
        ("old", {"start": -9, "end": -2}),
        ("new", {"start": 2}),
        ("locked", {"passphrase": b"x"}),
    ):
        certify(name, **arguments)
    (tmp_path / "text").write_text("no certificate")
    (tmp_path / "long").write_bytes((tmp_path / "a.pem").read_bytes() * 3000)

    def told(certificate: str, key: str) -> list[str]:
        return [line.replace(f"{tmp_path}/", "") for line in faults(SECURE.format(certificate=certificate, key=key))]

    assert told("a.pem", "b.key") == ["5: the key in b.key does not belong to the certificate beside it"]
    assert told("text", "a.key") == ["4: text holds no PEM certificate"]
    assert told("long", "a.key") == ["4: long holds no PEM certificate"]
    assert told("a.pem", "text") == ["5: text holds no PEM private key"]
    assert told("a.pem", "locked.key") == [
        "5: the key in locked.key needs a passphrase; store it without one, readable by the edge alone"
    ]
    assert told("gone", "gone.key") == ["4: gone does not exist", "5: gone.key does not exist"]
    assert told("old.pem", "old.key")[0].startswith("4: the certificate in old.pem expired on 20")
    assert told("new.pem", "new.key")[0].startswith("4: the certificate in new.pem is not valid before 20")


def test_what_the_edge_shows_to_the_origin(faults: Faults, load: Load, certify: Callable[..., None], tmp_path: Path) -> None:
    certify("a")
    certify("b")
    (tmp_path / "ca").write_text("nothing")
    head = "listeners: [{port: 1}]\norigin:\n  url: https://a\n  tls:\n"
    assert faults(head + "    ca: ca\n") == [f"5: {tmp_path}/ca holds no PEM certificate"]
    assert faults(head + "    client_certificate: a.pem\n") == ["5: client_certificate needs its client_key beside it"]
    assert faults(head + "    client_certificate: a.pem\n    client_key: b.key\n") == [
        f"6: the key in {tmp_path}/b.key does not belong to the certificate beside it"
    ]
    assert (
        load(head + "    ca: b.pem\n    client_certificate: a.pem\n    client_key: a.key\n").origin.tls.ca == tmp_path / "b.pem"
    )
