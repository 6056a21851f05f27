"""All that is read before a worker starts: the configuration, the rules, and what is made of them once for all workers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from edgeguard.config import digest, load_config
from edgeguard.identity.credential import read_key
from edgeguard.waf import load_rules

if TYPE_CHECKING:
    from edgeguard.config.model import Config
    from edgeguard.waf import Ruleset


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What workers are made from; shared with them by fork.

    Attributes:
        key: of the keyed hashes, so that all workers name an account alike.
    """

    config: Config
    config_digest: str
    ruleset: Ruleset
    key: bytes


def load(path: Path, before: Blueprint | None = None) -> Blueprint:
    """Read everything that `path` asks for.

    Args:
        path: the configuration.
        before: what runs now; a key that was made at random stays, so that accounts keep their names over a reload.

    Raises:
        ConfigError: the configuration has faults.
        RulesError: the rules have faults, or their own tests fail.
        OSError: a file can't be read.
    """
    config = load_config(path)
    configured = config.identity.key is not None or config.identity.key_file is not None
    key = before.key if before is not None and not configured else read_key(config.identity)
    ruleset = load_rules([Path(rules) for rules in config.waf.rules], config.waf, routes=config.routes)
    return Blueprint(config, digest(config), ruleset, key)
