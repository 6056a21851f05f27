"""A ruleset by its ids: enough to tell which rules were added, removed or changed, without the rules themselves."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from edgeguard.waf.ruleset import Ruleset

_NAMED: Final = 3  # ids that a summary names of each kind


def outline(ruleset: Ruleset) -> dict[str, str]:
    """A short digest of each rule by its id."""
    rules = [(rule.id, rule.canonical) for rule in ruleset.rules] + [(chain.id, chain.canonical) for chain in ruleset.chains]
    return {name: hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12] for name, text in rules}


def changes(before: Mapping[str, str], after: Mapping[str, str]) -> str:
    """What has changed, in one line; empty where no rule has."""
    kinds = {
        "added": [name for name in after if name not in before],
        "removed": [name for name in before if name not in after],
        "changed": [name for name, digest in after.items() if before.get(name, digest) != digest],
    }
    return "; ".join(f"{len(names)} {kind} ({_named(names)})" for kind, names in kinds.items() if names)


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
