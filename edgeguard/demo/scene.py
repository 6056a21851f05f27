"""What a demo needs on disk: certificate, tokens and a configuration that a person can read and learn from."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from edgeguard.config.bundled import bundled
from edgeguard.demo.certificate import make_certificate
from edgeguard.demo.items import EDITOR_TOKEN
from edgeguard.identity import hash_token

if TYPE_CHECKING:
    from pathlib import Path

TRIAL_TOKEN = "demo-trial"  # noqa: S105 - printed by the demo, and worth nothing outside it
TRIAL_REQUESTS = 5  # at once; few enough to reach the limit by hand

_TEMPLATE = """\
# The configuration of the demo that is running. It goes when the demo ends; copy it to start your own from.

listeners:
  - address: {address}
    port: {port}
    tls: {{certificate: {certificate}, key: {key}}}
  - address: {address}
    port: {http_port}
    redirect_to_https: {port}

origin:
  url: {origin}                     # the demo CMS
  first_byte_seconds: 35            # its /slow takes up to 30

workers: {workers}
drain_seconds: 5

identity:
  key_file: {key_file}
  accounts:
    - {{token: authorization, scheme: Bearer, known: {tokens}}}

limits:
  store: {store}
  policies:
    - {{name: account, key: account, requests: 600, seconds: 10, accounts: {{trial: {trial}}}}}
    - {{name: address, key: address, requests: 2000, seconds: 10}}
    - {{name: login, key: route, requests: 10, seconds: 10}}

waf:
  rules: [{rules}]
  content:                          # what editors write is text, whatever it is about: docs/content.md
    profiles:
      - name: items
        paths: [/api/items]
        fields: {{data.attributes.**: auto}}
  graphql:
    depth: 8

cache:
  redis: {redis_cache}

harden:
  hsts: max-age=60                  # short, or your browser would remember localhost for a year

routes:
  - name: editorial                 # what editors write: larger, never cached
    paths: [/api/items]
    methods: [POST, PATCH, DELETE]
    body: 2MiB
    cache: false
  - name: login
    paths: [/login]
    methods: [POST]
    body: 16KiB
    cache: false
    policies: [login, address]

observe:
  access_log: {access_log}
  event_log: {event_log}
  level: warning

admin:
  port: {admin_port}
"""

_REDIS = """
redis:
  url: {url}
  prefix: eg-demo
  timeout_ms: 50
"""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the demo listens."""

    https: int
    http: int
    admin: int
    address: str = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Scene:
    """The files of one demo."""

    config: Path
    access_log: Path
    event_log: Path


def lay_out(folder: Path, ports: Ports, origin: str, *, workers: int = 1, redis: str | None = None) -> Scene:
    """Write all files into `folder`, which only the owner may enter.

    `origin` is the demo CMS's URL; without the URL of a `redis`, limits and cache stay in memory.

    Raises:
        OSError: the folder can't be written to.
    """
    key = secrets.token_hex(32)
    key_file, tokens = folder / "identity.key", folder / "tokens.yaml"
    key_file.touch(mode=0o600)
    key_file.write_text(f"{key}\n")
    tokens.write_text(
        "# keyed hashes of the demo's tokens; `edgeguard token` makes such a line\n"
        f'"{hash_token(key.encode(), EDITOR_TOKEN)}": editor\n'
        f'"{hash_token(key.encode(), TRIAL_TOKEN)}": trial\n'
    )
    pair = make_certificate(folder)
    scene = Scene(folder / "edgeguard.yaml", folder / "access.log", folder / "events.log")
    text = _TEMPLATE.format(
        address=ports.address,
        port=ports.https,
        http_port=ports.http,
        admin_port=ports.admin,
        certificate=_quoted(pair.certificate),
        key=_quoted(pair.key),
        origin=origin,
        workers=workers,
        key_file=_quoted(key_file),
        tokens=_quoted(tokens),
        trial=TRIAL_REQUESTS,
        store="redis" if redis else "memory",
        redis_cache="true" if redis else "false",
        rules=_quoted(bundled("rules")),
        access_log=_quoted(scene.access_log),
        event_log=_quoted(scene.event_log),
    )
    scene.config.write_text(text + (_REDIS.format(url=_quoted(redis)) if redis else ""))
    return scene


def _quoted(value: Path | str) -> str:
    """A JSON string is a YAML string too, whatever spaces or quotes the path has; `$${` is the configuration's `${`."""
    return json.dumps(str(value)).replace("${", "$${")
